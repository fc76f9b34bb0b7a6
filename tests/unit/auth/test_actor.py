"""What a caller may see follows from the roles that a permission left it."""

import pytest

from shared.auth.actor import AGENCY_ROLES, ORG_ROLES, Actor, Role
from shared.kernel.ids import OrganisationId


def actor(*roles: Role) -> Actor:
    return Actor("anna", "app", OrganisationId("org-a"), frozenset(roles))


@pytest.mark.parametrize("role", sorted(AGENCY_ROLES))
def test_the_agency_sees_every_organisation(role: Role) -> None:
    assert actor(role).scope.organisation is None


@pytest.mark.parametrize("role", sorted({*ORG_ROLES, Role.OPERATOR, Role.COMPANY_REPRESENTATIVE}))
def test_everybody_else_sees_its_own(role: Role) -> None:
    assert actor(role).scope.organisation == "org-a"
    assert not actor(role).scope.allows("org-b")


def test_operators_do_not_belong_to_the_agency_that_sees_everything() -> None:
    assert Role.OPERATOR not in AGENCY_ROLES | ORG_ROLES
