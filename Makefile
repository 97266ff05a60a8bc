# Two commands do everything on a fresh machine: `make demo` and `make test`. Each first makes .venv if it is missing or
# older than the requirements. python3.12 is Lambda's version; a version manager's shim may exist and refuse to run.
PYTHON ?= $(shell python3.12 -c 'print("python3.12")' 2>/dev/null || echo python3)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
REHEARSAL := build/rehearsal

.PHONY: demo test faults deletion redrive serve lint audit format types architecture unit eval bench measure vendors rehearse package \
	package-terraform lock deploy destroy replay checkov browser fuzz clean
.DEFAULT_GOAL := demo

$(READY): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
		|| { echo "PayPulse Cloud needs Python 3.11, 3.12 or 3.13; set PYTHON=/path/to/python"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-dev.txt
	@touch $@

demo: $(READY)  ## the whole journey on a sample mailbox, no account needed
	@$(BIN)/python -m tests.sandbox demo

serve: $(READY)  ## the whole system on this machine with a sample mailbox, until Ctrl-C
	@$(BIN)/python -m tests.sandbox serve --sample

test: lint types architecture unit  ## everything that CI checks

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/cfn-lint .chalice/stack.yaml
	$(BIN)/hadolint docker/parse_invoice/Dockerfile
	$(BIN)/bandit --quiet --recursive --severity-level medium app.py chalicelib docker .chalice
	@$(BIN)/python -m tests.audit --if-reachable

audit: $(READY)  ## known vulnerabilities of what is deployed; fails without the network's advisory data
	$(BIN)/python -m tests.audit

types: $(READY)
	$(BIN)/mypy

architecture: $(READY)
	$(BIN)/lint-imports

unit: $(READY)
	$(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

eval: $(READY)  ## extraction measured on a corpus: make eval CORPUS=DIR
	$(BIN)/python -m tests.golden.evaluate $(or $(CORPUS),tests/golden/retail)

bench: $(READY)  ## what the application costs, in counts and ratios
	@$(BIN)/python -m tests.bench

faults: $(READY)  ## every fault at every single point of an ingestion, and many interleavings: takes an hour
	FAULTS=all $(BIN)/python -m pytest tests/end_to_end/test_every_fault_point.py tests/end_to_end/test_every_google_call.py \
		tests/end_to_end/test_interleavings.py tests/app/test_ingestion_counts.py

deletion: $(READY)  ## deletes somebody with ten thousand invoices and ten thousand files, and counts the calls: some minutes
	DELETED_RECORDS=10000 $(BIN)/python -m pytest -rP tests/end_to_end/test_deletion.py -k many_records

redrive: $(READY)  ## sends dead letters back to the ingestion queue of the AWS account in use, once their cause is mended
	$(BIN)/python .chalice/redrive.py

browser: $(READY)  ## the API reference in a real browser; needs Debian's chromium (apt-get install chromium)
	@command -v chromium >/dev/null || { echo "make browser needs chromium: apt-get install chromium"; exit 1; }
	$(BIN)/python -m pytest -m browser tests/browser

fuzz: $(READY)  ## ten thousand requests made up from the OpenAPI document
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements-fuzz.txt
	$(BIN)/python -m tests.fuzz

deploy: $(READY)  ## to AWS: make deploy STAGE=prod [DRY_RUN=1] [FORCE=1] [PARAMETERS="AlarmEmail=.. .."], see .chalice/README.md
	@$(BIN)/python .chalice/deploy up --stage "$(STAGE)" $(if $(DRY_RUN),--dry-run) $(if $(FORCE),--force) \
		$(foreach parameter,$(PARAMETERS),--parameter "$(parameter)")

destroy: $(READY)  ## takes a stage away, but not its data: make destroy STAGE=prod [DRY_RUN=1] [WITH_DATA=1]
	@$(BIN)/python .chalice/deploy down --stage "$(STAGE)" $(if $(DRY_RUN),--dry-run) $(if $(WITH_DATA),--with-data)

replay: $(READY)  ## hands events that functions gave up to them once more: make replay STAGE=prod
	@$(BIN)/python .chalice/deploy replay --stage "$(STAGE)" $(if $(DRY_RUN),--dry-run)

checkov: $(READY)  ## the template against checkov's rules; installs it (290 MB) beside the other tools
	@test -x $(VENV)/checkov/bin/checkov || $(PYTHON) -m venv $(VENV)/checkov
	@$(VENV)/checkov/bin/python -m pip install --quiet --disable-pip-version-check checkov==3.3.30
	$(VENV)/checkov/bin/checkov --file .chalice/stack.yaml --framework cloudformation --compact --quiet --skip-download

vendors: $(READY)  ## loads vendor_configs/ into the VendorConfig table of the AWS account in use
	$(BIN)/python .chalice/load_vendors.py

$(REHEARSAL)/.ready: $(READY) requirements-rehearse.txt
	$(BIN)/python -m venv --clear $(REHEARSAL)/aws
	$(BIN)/python -m venv --clear $(REHEARSAL)/lambda
	$(REHEARSAL)/aws/bin/python -m pip install --quiet --disable-pip-version-check --requirement requirements-rehearse.txt
	$(REHEARSAL)/lambda/bin/python -m pip install --quiet --disable-pip-version-check --constraint requirements-rehearse.txt boto3
	@touch $@

rehearse: $(REHEARSAL)/.ready  ## the real deployment on a local AWS, the whole journey through it, and all that was deployed checked
	@$(BIN)/python -m tests.rehearsal

package: $(READY)  ## the project that is deployed, in build/app: built for Lambda, measured, and tried in a clean interpreter
	$(BIN)/python .chalice/package --check

package-terraform: $(READY)  ## the same for Terraform, in build/terraform; see .chalice/package/terraform.py
	$(BIN)/python .chalice/package --output build/terraform-app --terraform build/terraform

measure: package  ## what the functions cost: .chalice/package/measure.py
	PYTHONPATH=.chalice $(BIN)/python -m package.measure

lock: $(READY)  ## resolves again what is deployed: requirements-lambda.txt and docker/parse_invoice/requirements.txt
	PYTHONPATH=.chalice $(BIN)/python -m package.lock

clean:
	rm -rf $(VENV) .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
