"""One paid call a document, whatever Gemini does: through google-genai, against the emulator and a real cache table."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from chalicelib.adapters.aws import AwsClients
from chalicelib.adapters.dynamodb import DynamoDB
from chalicelib.adapters.extraction_cache import LIFETIME_SECONDS, TABLE, ExtractionCache
from chalicelib.adapters.gemini import Gemini
from chalicelib.adapters.secrets import AppSecrets
from chalicelib.domain.invoices import Extraction
from chalicelib.domain.mail import MailContext
from chalicelib.errors import DependencyFailure, DependencyThrottled, ModelAnswerInvalid
from chalicelib.parsing.grounding.grounding import ground
from chalicelib.parsing.grounding.source_text import SourceText
from chalicelib.parsing.model.prompt import ModelPrompt, build_prompt
from chalicelib.services.documents.ask_model_once import AskModelOnce
from chalicelib.services.documents.extract_with_model import ExtractWithModel
from chalicelib.settings import Settings
from tests.sandbox.aws import AwsEmulator
from tests.sandbox.faults import AwsFaults, ProcessKilled
from tests.sandbox.gemini import GeminiEmulator
from tests.sandbox.gemini.faults import ANSWER_FAULTS, TARGET
from tests.sandbox.template import STACK_TEMPLATE, load_template

KEY = "key-of-the-sandbox"
SECRET_NAME = "Gemini-API-Key"
TEXT = "Tack för ditt köp hos Yllegatan Mode\nOrdernummer: YM-20418\n2026-03-04\nUlltröja\t799,00\nTotalt\t848,00 SEK"
MAIL = MailContext(
    subject="Orderbekräftelse",
    sender_name="Yllegatan Mode",
    sender_address="order@yllegatan.example",
    date=datetime(2026, 3, 4, 9, 30, tzinfo=UTC),
    category="clothing",
)


@dataclass
class Bench:
    """The use case on emulators; pauses are noted instead of slept, `now` is the cache's clock."""

    emulator: GeminiEmulator
    aws: AwsClients
    now: float = 1_800_000_000.0
    pauses: list[float] = field(default_factory=list)

    def gemini(self, timeout: float = 5.0, model: str = "gemini-3.5-flash-lite", **options: Any) -> Gemini:
        settings = Settings(gemini_base_url=self.emulator.url, gemini_timeout_seconds=timeout, gemini_model=model)
        # a clock that stands still: attempts are bounded by their number here, by time in a test of its own
        options = {"clock": lambda: 0.0, "pause": self.pauses.append, **options}
        return Gemini(AppSecrets(self.aws), settings, **options)

    @property
    def cache(self) -> ExtractionCache:
        return ExtractionCache(DynamoDB(self.aws), clock=lambda: self.now)

    def extract(self, text: str = TEXT, mail: MailContext = MAIL, **options: Any) -> Extraction | None:
        return self.extractor(**options)(text, mail)

    def extractor(self, **options: Any) -> ExtractWithModel:
        return ExtractWithModel(AskModelOnce(self.gemini(**options), self.cache, self.pauses.append))

    @property
    def calls(self) -> int:
        return len(self.emulator.requests())

    @property
    def paid(self) -> int:
        return sum(entry["is_paid"] for entry in self.emulator.requests())

    def items(self) -> list[dict[str, Any]]:
        return list(DynamoDB(self.aws).scan(TABLE))

    def has_secret(self) -> bool:
        names = [entry["Name"] for entry in self.aws.client("secretsmanager").list_secrets()["SecretList"]]
        return SECRET_NAME in names

    def set_key(self, text: str) -> None:
        self.aws.client("secretsmanager").put_secret_value(SecretId=SECRET_NAME, SecretString=text)


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsClients]:
    """The application's own clients, which the environment sends to the emulator."""
    with AwsEmulator() as emulator, pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL", emulator.url)
        environment.setenv("AWS_DEFAULT_REGION", "eu-north-1")
        environment.setenv("AWS_ACCESS_KEY_ID", "sandbox")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "sandbox")
        clients = AwsClients()
        properties = load_template(STACK_TEMPLATE)["Resources"]["ExtractionCache"]["Properties"]
        wanted = ("TableName", "BillingMode", "AttributeDefinitions", "KeySchema")
        clients.client("dynamodb").create_table(**{name: properties[name] for name in wanted})
        yield clients


@pytest.fixture
def bench(aws: AwsClients) -> Iterator[Bench]:
    secrets = aws.client("secretsmanager")
    secrets.create_secret(Name=SECRET_NAME, SecretString=KEY)
    with GeminiEmulator() as emulator:
        yield Bench(emulator, aws)
    secrets.delete_secret(SecretId=SECRET_NAME, ForceDeleteWithoutRecovery=True)
    DynamoDB(aws).batch_write(TABLE, deletes=[{"ContentHash": i["ContentHash"]} for i in DynamoDB(aws).scan(TABLE)])


def failing_clients(target: str, skip: int = 0) -> tuple[AwsClients, AwsFaults]:
    """Clients of their own, one call of which is refused."""
    clients, faults = AwsClients(), AwsFaults()
    faults.register(clients.session)
    faults.add(target, 1, "AccessDeniedException", skip=skip)
    return clients, faults


def prompt() -> ModelPrompt:
    return build_prompt(TEXT, MAIL)


def test_the_question_carries_the_rules_the_marked_mail_and_the_schema(bench: Bench) -> None:
    bench.gemini().extract(prompt())
    (question,) = bench.emulator.questions()
    config = question["generationConfig"]
    assert question["systemInstruction"]["parts"][0]["text"] == prompt().instruction
    assert question["contents"][0]["parts"][0]["text"] == prompt().document
    assert config["responseMimeType"] == "application/json"
    assert config["responseJsonSchema"] == prompt().schema
    assert bench.emulator.requests() == [
        {
            "method": "POST",
            "path": "/v1beta/models/gemini-3.5-flash-lite:generateContent",
            "model": "gemini-3.5-flash-lite",
            "status": 200,
            "is_paid": True,
            "fault": "",
            "prompt_bytes": prompt().size,
            "pdf_bytes": 0,
        }
    ]


@pytest.mark.parametrize(
    ("model", "thinking", "temperature"),
    [
        ("gemini-2.5-flash", {"thinking_budget": 0}, 0),
        ("gemini-2.5-flash-lite", {"thinking_budget": 0}, 0),
        ("gemini-2.5-pro", {"thinking_budget": 128}, 0),
        ("gemini-3.5-flash-lite", {"thinking_level": "LOW"}, None),
        ("gemini-3.8-flash", {"thinking_level": "LOW"}, None),
        ("gemini-2.0-flash", None, 0),
        ("gemini-flash-latest", None, None),
    ],
)
def test_a_model_thinks_and_invents_as_little_as_it_allows(
    bench: Bench, model: str, thinking: dict[str, Any] | None, temperature: float | None
) -> None:
    bench.gemini(model=model).extract(prompt())
    config = bench.emulator.questions()[0]["generationConfig"]
    assert (config.get("thinkingConfig"), config.get("temperature")) == (thinking, temperature)
    assert bench.emulator.requests()[0]["model"] == model


def test_a_document_is_read_and_survives_grounding(bench: Bench) -> None:
    extraction = bench.extract()
    assert extraction is not None
    grounded = ground(extraction, SourceText(visible=TEXT, mail=MAIL))
    assert (grounded.method, grounded.model, grounded.category) == ("gemini", "gemini-3.5-flash-lite", "clothing")
    assert (grounded.total_amount, grounded.currency, grounded.order_id) == (Decimal("848.00"), "SEK", "YM-20418")
    assert grounded.vendor_name == "Yllegatan Mode"
    assert grounded.review_reasons == ()


def test_a_document_that_comes_twice_is_asked_about_once(bench: Bench) -> None:
    first, second = bench.extract(), bench.extract()
    assert first is not None
    assert first == second
    assert bench.calls == 1


def test_another_copy_of_the_mail_is_the_same_document(bench: Bench) -> None:
    bench.extract()
    later = MailContext(
        subject=MAIL.subject,
        sender_name=MAIL.sender_name,
        sender_address=MAIL.sender_address,
        date=datetime(2026, 3, 6, tzinfo=UTC),
        category=MAIL.category,
    )
    bench.extract(mail=later)
    assert bench.calls == 1


@pytest.mark.parametrize("mail", [MailContext(subject="Something else"), MailContext(sender_name="Somebody else")])
def test_a_stranger_cannot_answer_for_another_mail_with_the_same_text(bench: Bench, mail: MailContext) -> None:
    bench.extract()
    bench.extract(mail=mail)
    assert bench.calls == 2


def test_another_model_is_another_question(bench: Bench) -> None:
    bench.extract()
    bench.extract(model="gemini-2.5-pro")
    assert bench.calls == 2


def test_two_events_at_the_same_time_cost_one_call(bench: Bench) -> None:
    bench.emulator.faults.add(TARGET, 1, "", delay=0.3)
    start = threading.Barrier(2)
    extract = ExtractWithModel(AskModelOnce(bench.gemini(), bench.cache, lambda _seconds: _rest(0.1)))

    def run() -> Extraction | None:
        start.wait(timeout=5)
        return extract(TEXT, MAIL)

    with ThreadPoolExecutor(2) as pool:
        results = [future.result(timeout=20) for future in [pool.submit(run), pool.submit(run)]]
    assert results[0] is not None
    assert results[0] == results[1]
    assert bench.calls == 1


def _rest(seconds: float) -> None:
    threading.Event().wait(seconds)


class _DyingGemini(Gemini):
    """Its process ends in the middle of the call."""

    def extract(self, prompt: ModelPrompt) -> str:
        raise ProcessKilled(prompt.identity)


def test_who_waits_in_vain_is_throttled_and_the_lease_of_a_dead_process_ends(bench: Bench) -> None:
    dying = _DyingGemini(AppSecrets(bench.aws), Settings(gemini_base_url=bench.emulator.url))
    with pytest.raises(ProcessKilled):
        ExtractWithModel(AskModelOnce(dying, bench.cache))(TEXT, MAIL)
    with pytest.raises(DependencyThrottled) as caught:
        bench.extract()
    assert caught.value.reason == "asked_by_another"
    assert sum(bench.pauses) == 6.0
    assert bench.calls == 0
    bench.now += dying.longest_call + 20
    assert bench.extract() is not None
    assert bench.calls == 1


@pytest.mark.parametrize("error", ["429", "500", "502", "503", "504", "connection_reset"])
def test_a_passing_failure_is_tried_again_and_paid_once(bench: Bench, error: str) -> None:
    bench.emulator.faults.add(TARGET, 2, error)
    assert bench.extract() is not None
    assert (bench.calls, bench.paid) == (3, 1)
    assert 0.5 <= bench.pauses[0] <= 1.0 <= bench.pauses[1] <= 2.0


def test_a_timeout_is_tried_again(bench: Bench) -> None:
    bench.emulator.faults.add(TARGET, 1, "timeout")
    assert bench.extract(timeout=1.0) is not None
    assert bench.calls == 2


def test_no_attempt_begins_after_the_time_that_an_event_has(bench: Bench) -> None:
    times = iter([0.0, 29.9])
    bench.emulator.faults.add(TARGET, 3, "503")
    with pytest.raises(DependencyThrottled):
        bench.gemini(timeout=20.0, clock=lambda: next(times, 29.9)).extract(prompt())
    assert bench.calls == 1


@pytest.mark.parametrize(
    ("error", "kind", "reason"),
    [
        ("429", DependencyThrottled, "RESOURCE_EXHAUSTED"),
        ("503", DependencyThrottled, "UNAVAILABLE"),
        ("500", DependencyFailure, "INTERNAL"),
    ],
)
def test_a_lasting_failure_is_told_and_not_remembered(
    bench: Bench, error: str, kind: type[DependencyFailure], reason: str
) -> None:
    bench.emulator.faults.add(TARGET, 3, error)
    with pytest.raises(kind) as caught:
        bench.extract()
    assert type(caught.value) is kind
    assert (caught.value.service, caught.value.operation, caught.value.reason) == ("gemini", "generateContent", reason)
    assert (bench.calls, bench.paid) == (3, 0)
    assert bench.extract() is not None
    assert (bench.calls, bench.paid) == (4, 1)


def test_the_pause_that_gemini_asks_for_is_kept(bench: Bench) -> None:
    bench.emulator.faults.add(TARGET, 1, "429", retry_after=3)
    assert bench.gemini().extract(prompt())
    assert bench.pauses == [3.0]


def test_a_pause_that_is_too_long_is_left_to_the_event_s_retry(bench: Bench) -> None:
    bench.emulator.faults.add(TARGET, 1, "429", retry_after=41)
    with pytest.raises(DependencyThrottled) as caught:
        bench.gemini(timeout=60.0).extract(prompt())
    assert caught.value.retry_after == 41.0
    assert (bench.calls, bench.pauses) == (1, [])


def test_no_variable_of_the_environment_redirects_the_key(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    monkeypatch.setenv("GOOGLE_API_KEY", "invalid")
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "http://elsewhere.invalid")
    assert bench.extract() is not None
    assert bench.calls == 1


def test_a_refused_key_is_not_tried_again(bench: Bench) -> None:
    bench.set_key("invalid")
    with pytest.raises(DependencyFailure) as caught:
        bench.extract()
    assert caught.value.reason == "INVALID_ARGUMENT"
    assert bench.calls == 1


@pytest.mark.parametrize("secret", ["   ", "{}", '{"api_key": ""}', "{broken"])
def test_an_empty_key_means_no_model(bench: Bench, secret: str) -> None:
    bench.set_key(secret)
    assert bench.extract() is None
    assert bench.calls == 0


def test_no_secret_means_no_model_and_is_looked_up_every_five_minutes_at_most(bench: Bench) -> None:
    secrets = bench.aws.client("secretsmanager")
    secrets.delete_secret(SecretId=SECRET_NAME, ForceDeleteWithoutRecovery=True)
    now = [0.0]
    gemini = bench.gemini(clock=lambda: now[0])
    assert ExtractWithModel(AskModelOnce(gemini, bench.cache))(TEXT, MAIL) is None
    secrets.create_secret(Name=SECRET_NAME, SecretString=KEY)
    now[0] = 299.0
    assert ExtractWithModel(AskModelOnce(gemini, bench.cache))(TEXT, MAIL) is None
    assert bench.items() == []
    now[0] = 301.0
    assert ExtractWithModel(AskModelOnce(gemini, bench.cache))(TEXT, MAIL) is not None


def test_a_key_may_be_a_field_of_a_json_secret(bench: Bench) -> None:
    bench.set_key(json.dumps({"api_key": KEY}))
    assert bench.extract() is not None


def test_a_secret_that_cannot_be_read_is_no_missing_secret(bench: Bench) -> None:
    fresh, _ = failing_clients("secretsmanager.GetSecretValue")
    with pytest.raises(DependencyFailure):
        ExtractWithModel(AskModelOnce(Gemini(AppSecrets(fresh), Settings()), bench.cache))(TEXT, MAIL)
    assert bench.calls == 0


def test_a_document_without_text_is_not_asked_about(bench: Bench) -> None:
    assert bench.extract(text=" \n\t") is None
    assert bench.calls == 0


@pytest.mark.parametrize("fault", ["malformed", "truncated", "cut_off", "empty", "blocked", "safety"])
def test_an_answer_of_no_use_is_remembered_and_not_paid_for_again(bench: Bench, fault: str) -> None:
    bench.emulator.faults.add(TARGET, 1, fault)
    assert bench.extract() is None
    assert bench.extract() is None
    assert bench.calls == 1
    (item,) = bench.items()
    assert item["outcome"] == "unusable"
    assert "answer" not in item


@pytest.mark.parametrize("fault", ["truncated", "empty", "blocked", "safety"])
def test_an_answer_without_a_text_is_a_typed_error(bench: Bench, fault: str) -> None:
    bench.emulator.faults.add(TARGET, 1, fault)
    with pytest.raises(ModelAnswerInvalid) as caught:
        bench.gemini().extract(prompt())
    expected = {
        "truncated": "finished_max_tokens",
        "empty": "no_candidate",
        "blocked": "prompt_blocked",
        "safety": "finished_safety",
    }
    assert caught.value.reason == expected[fault]


@pytest.mark.parametrize("fault", ["fenced", "prose", "thoughts"])
def test_text_around_the_answer_does_no_harm(bench: Bench, fault: str) -> None:
    bench.emulator.faults.add(TARGET, 1, fault)
    wrapped = bench.extract()
    bench.now += LIFETIME_SECONDS + 1
    assert wrapped is not None
    assert bench.extract() == wrapped
    assert bench.calls == 2


@pytest.mark.parametrize("fault", ANSWER_FAULTS)
def test_no_misbehaviour_brings_a_value_that_the_mail_does_not_state(bench: Bench, fault: str) -> None:
    bench.emulator.faults.add(TARGET, 1, fault)
    extraction = bench.extract()
    if extraction is None:
        return
    grounded = ground(extraction, SourceText(visible=TEXT, mail=MAIL))
    assert grounded.total_amount in (None, Decimal("848.00"))
    assert grounded.currency in (None, "SEK")
    assert grounded.order_id in (None, "YM-20418")
    assert grounded.vendor_name in (None, "Yllegatan Mode")
    assert str(grounded.invoice_date) in ("None", "2026-03-04")
    assert grounded.due_date is None
    assert not getattr(grounded.details, "items", ())
    stated = (grounded.total_amount, grounded.currency, grounded.order_id)
    assert None not in stated or grounded.review_reasons


def test_invented_values_are_all_flagged(bench: Bench) -> None:
    bench.emulator.faults.add(TARGET, 1, "invented")
    extraction = bench.extract()
    assert extraction is not None
    grounded = ground(extraction, SourceText(visible=TEXT, mail=MAIL))
    assert {f"{name}_not_in_source" for name in ("total_amount", "currency", "order_id", "vendor_name")} <= set(
        grounded.review_reasons
    )
    assert grounded.confidence < 0.5


def test_outcomes_expire(bench: Bench) -> None:
    bench.extract()
    (item,) = bench.items()
    assert item["expires_at"] == bench.now + LIFETIME_SECONDS
    bench.now += LIFETIME_SECONDS + 1
    bench.extract()
    assert bench.calls == 2


def test_an_answer_that_cannot_be_remembered_is_used_all_the_same(bench: Bench) -> None:
    fresh, faults = failing_clients("dynamodb.UpdateItem", skip=1)
    cache = ExtractionCache(DynamoDB(fresh))
    assert ExtractWithModel(AskModelOnce(bench.gemini(), cache))(TEXT, MAIL) is not None
    assert faults.pending() == {}


def test_a_cache_that_is_down_costs_no_call(bench: Bench) -> None:
    fresh, _ = failing_clients("dynamodb.UpdateItem")
    with pytest.raises(DependencyFailure):
        ExtractWithModel(AskModelOnce(bench.gemini(), ExtractionCache(DynamoDB(fresh))))(TEXT, MAIL)
    assert bench.calls == 0


def test_the_cache_names_no_person(bench: Bench) -> None:
    bench.extract()
    (item,) = bench.items()
    assert set(item) == {"ContentHash", "outcome", "answer", "expires_at"}


@pytest.mark.parametrize("fault", ["", "400", "429", "500", "connection_reset", "malformed", "blocked", "prose"])
def test_neither_key_nor_mail_nor_answer_reaches_a_log_or_an_error(
    bench: Bench, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    bench.emulator.faults.add(TARGET, 3, fault)
    extract = ExtractWithModel(AskModelOnce(bench.gemini(), bench.cache))
    try:
        extract(TEXT, MAIL)
    except DependencyFailure:
        logging.getLogger(__name__).exception("failed")
    for secret in (KEY, "Yllegatan", "YM-20418", "848.00", "848,00", "made by the sandbox"):
        assert secret not in caplog.text


def test_recorded_answers_are_found_by_hash_and_by_text(bench: Bench, tmp_path: Path) -> None:
    by_hash = {"sha256": sha256(TEXT.encode()).hexdigest(), "answer": {"is_purchase": True, "order_id": "YM-20418"}}
    by_text = {"contains": "Havregryn", "answer": '```{"is_purchase": true, "category": "grocery"}```'}
    (tmp_path / "a.json").write_text(json.dumps(by_hash), "utf-8")
    (tmp_path / "b.json").write_text(json.dumps(by_text), "utf-8")
    with GeminiEmulator(answers=tmp_path) as emulator:
        recorded = Bench(emulator, bench.aws)
        first, second = recorded.extract(), recorded.extract(text="Havregryn 12,00")
    assert first is not None
    assert second is not None
    assert (first.order_id, first.total_amount, second.category) == ("YM-20418", None, "grocery")


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "patternProperties": {}},
        {"type": "string", "enum": ["a", None]},
        {"type": "array", "maxItems": 5000, "items": {"type": "string"}},
    ],
)
def test_the_emulator_refuses_schemas_that_gemini_refuses(bench: Bench, schema: dict[str, Any]) -> None:
    question = ModelPrompt(instruction="i", document="d", schema=schema, identity="x")
    with pytest.raises(DependencyFailure) as caught:
        bench.gemini().extract(question)
    assert caught.value.reason == "INVALID_ARGUMENT"


def test_the_emulator_keeps_no_keys(bench: Bench) -> None:
    bench.gemini().extract(prompt())
    assert KEY not in json.dumps([bench.emulator.requests(), bench.emulator.questions()])


@pytest.mark.parametrize(
    "arguments", [("gmail.messages.get", 1, "429"), (TARGET, 0, "429"), (TARGET, 1, "200"), (TARGET, 1, "nonsense")]
)
def test_a_fault_that_cannot_be_is_refused(bench: Bench, arguments: tuple[str, int, str]) -> None:
    with pytest.raises(ValueError, match=r"unknown|times"):
        bench.emulator.faults.add(*arguments)
    assert bench.emulator.faults.pending() == {}
