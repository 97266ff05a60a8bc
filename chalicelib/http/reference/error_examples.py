"""One of each error that the API answers."""

from __future__ import annotations

from chalicelib import errors

#: One of each error that is answered; the text is what a client would read.
ERRORS: dict[type[Exception], Exception] = {
    type(error): error
    for error in (
        errors.InvalidCredentials("The Authorization header is missing"),
        errors.InvalidToken("The token is not valid"),
        errors.TokenExpired("The token has expired"),
        errors.GmailReauthRequired("Gmail is not connected"),
        errors.UserNotFound("The user does not exist"),
        errors.InvoiceNotFound("The invoice does not exist"),
        errors.NotFound("There is nothing here"),
        errors.UserAlreadyExists("The e-mail address is taken"),
        errors.InvalidJson("The body is not valid JSON"),
        errors.MissingFields(["email"]),
        errors.ValidationFailed("email", "must be a valid e-mail address"),
        errors.InvalidRequest("limit: Expected int <= 500"),
        errors.UnsupportedMediaType("The body must be application/json"),
        errors.RateLimited("Too many requests", 30),
        errors.DependencyFailure("dynamodb", "GetItem", "ServiceUnavailable"),
        Exception(),
    )
}
