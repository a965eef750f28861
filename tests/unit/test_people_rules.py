import pytest

from tocsin.domains.identity import rules as identity
from tocsin.domains.people import preference_rules, rules
from tocsin.kernel.errors import PermissionDenied, ValidationError


@pytest.mark.parametrize(
    ("header", "read"),
    [
        ("Bearer abc", identity.BearerKey("abc")),
        ("abc", identity.BearerKey("abc")),
        ("BEARER   abc", identity.BearerKey("abc")),
        ("Basic YWRhQGFjbWU6YTpi", identity.BasicLogin("ada@acme", "a:b")),
        ("Basic YWRh", None),
        ("Basic ***", None),
        ("Basic", None),
        ("Token abc", None),
        ("", None),
        ("a b c", None),
    ],
)
def test_an_authorization_header_is_read(header: str, read: object) -> None:
    assert identity.read_authorization(header) == read


def test_the_tenant_follows_the_last_at_sign() -> None:
    assert identity.BasicLogin("ada@acme.test@acme", "x").split == ("ada@acme.test", "acme")
    assert identity.BasicLogin("ada", "x").split == ("ada", "")


@pytest.mark.parametrize(
    ("name", "tenant"),
    [("ACME Ltd.", "acme-ltd"), ("Tocsin", "tocsin"), ("Żółć", "tocsin"), ("a" * 60, "a" * 40)],
)
def test_a_tenant_is_made_from_a_name(name: str, tenant: str) -> None:
    assert identity.tenant_name(name) == tenant


@pytest.mark.parametrize("zone", ["Europe/Berlin", "UTC", "America/Argentina/Ushuaia", "Etc/GMT+3"])
def test_iana_zones_are_taken(zone: str) -> None:
    assert rules.check_timezone(zone) == zone


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../UTC", "/etc/localtime", "Europe", "", "a\x00b", "UTC "])
def test_other_zones_are_refused(zone: str) -> None:
    with pytest.raises(ValidationError):
        rules.check_timezone(zone)


@pytest.mark.parametrize("email", ["a@b", "ada.l+x@example.org", "ü@müller.de", "o'hara@x.test"])
def test_addresses_are_taken(email: str) -> None:
    assert rules.check_email(f" {email} ") == email


@pytest.mark.parametrize(
    "email", ["", "a", "a@", "@b", "a b@c", "a@b@c", "a@b\r\nX: y", "a,b@c.d", "a@" + "b" * 260]
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(ValidationError):
        rules.check_email(email)


def test_a_phone_number_is_the_same_however_it_is_written() -> None:
    assert rules.same_target("PHONE", ("+49 (151) 23-45", None), ("0049151 2345", "DE"))
    assert not rules.same_target("PHONE", ("0151 2345", "DE"), ("0151 2345", "AT"))


def test_roles_are_given_up_to_ones_own() -> None:
    assert rules.role_to_set("ADMIN", present="USER", caller_role="ADMIN") == "ADMIN"
    assert rules.role_to_set("USER", present="ACCOUNT_OWNER", caller_role="ADMIN") == "ACCOUNT_OWNER"
    with pytest.raises(PermissionDenied):
        rules.role_to_set("ADMIN", present="USER", caller_role="USER")
    with pytest.raises(ValidationError):
        rules.role_to_set("ACCOUNT_OWNER", present="USER", caller_role="ACCOUNT_OWNER")


def test_a_user_name_is_never_taken_reserved_or_a_number() -> None:
    assert rules.username_for("Ada.L@x.test", ()) == "ada.l"
    assert rules.username_for("ada@x.test", {"ada", "ada-2"}) == "ada-3"
    assert rules.username_for("007@x.test", ()) == "user-007"
    assert rules.username_for("++@x.test", ()) == "user"


@pytest.mark.parametrize(
    ("wanted", "visibility", "own", "given"),
    [
        ("RESPONDER", "PUBLIC", "USER", "USER"),
        ("RESPONDER", "PUBLIC", "ACCOUNT_OWNER", "ADMIN"),
        ("RESPONDER", "PRIVATE", "USER", "RESPONDER"),
        ("ADMIN", "PUBLIC", "GUEST", "ADMIN"),
        ("STAKEHOLDER", "PUBLIC", "STAKEHOLDER", "STAKEHOLDER"),
    ],
)
def test_team_roles_have_a_floor_in_public_teams(wanted: str, visibility: str, own: str, given: str) -> None:
    assert rules.team_role(wanted, visibility=visibility, global_role=own) == given


def test_a_rule_keeps_only_what_belongs_to_its_collection() -> None:
    rule = preference_rules.NotificationRule(
        collection="duties", method="PUSH", contact_id=5, delay_min=7, before_min=15, repeat_every_min=3
    )
    assert preference_rules.check_rule(rule, contact_kind=None) == preference_rules.NotificationRule(
        collection="duties", method="PUSH", contact_id=None, type="ON_CALL", before_min=15
    )
