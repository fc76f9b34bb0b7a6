"""Follow-up over HTTP, as JSON, CSV and pages, on a real MongoDB."""

import pytest

from shared.kernel.ids import ApplicationId
from tests.integration.reporting.counter import PROJECT, Desk
from tests.unit.reporting.desk import OWN
from tests.unit.reporting.facts import activity, identifier
from tests.unit.reporting.granted import CALL, application

pytestmark = [pytest.mark.real_parts, pytest.mark.asyncio]


async def test_follow_up_shows_an_organisation_its_own_and_the_programme_to_the_agency_only(desk: Desk) -> None:
    own = (await desk.get("reader", "/follow-up/projects")).json()
    assert [one["id"] for one in own["items"]] == [PROJECT]
    assert (await desk.get("manager", "/follow-up/projects")).json()["_meta"]["total"] == 2
    assert (await desk.get("reader", f"/follow-up/programmes/{CALL}")).status_code == 403
    assert (await desk.get("operator", f"/follow-up/programmes/{CALL}")).status_code == 403
    assert (await desk.get("manager", "/follow-up/programmes/unknown")).status_code == 404


async def test_a_project_whose_application_is_not_here_yet_is_behind_and_never_said_not_to_exist(desk: Desk) -> None:
    early = ApplicationId(identifier(9, 99))
    path = f"/follow-up/projects/{early}"
    assert (await desk.get("reader", path)).status_code == 404
    desk.reporting.hear({f"activity/{identifier(4, 9)}": activity(early, OWN, 9, 3)}, early)
    await desk.reporting.project()
    answer = await desk.get("reader", path)
    assert (answer.status_code, answer.json()["code"]) == (503, "ReadModelBehind")
    assert answer.headers["retry-after"]
    desk.reporting.hear({f"application/{early}": application(early, OWN)}, early)
    await desk.reporting.project()
    assert (await desk.get("reader", path)).status_code == 200


async def test_the_same_figures_come_as_csv(desk: Desk) -> None:
    answer = await desk.get("manager", f"/follow-up/programmes/{CALL}.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "hela utlysningen,företag,alla,faktiskt,3,st" in answer.text
    project = await desk.get("reader", f"/follow-up/projects/{PROJECT}.csv")
    assert project.text.splitlines()[0] == "omfattning,område,post,mått,värde,enhet"


@pytest.mark.parametrize(
    "path", [f"/programmes/{CALL}", f"/projects/{PROJECT}", f"/projects/{PROJECT}/chart.svg", "/follow-up.css"]
)
async def test_the_pages_are_served_whole_and_without_scripts(desk: Desk, path: str) -> None:
    answer = await desk.get("manager", path, prefix="/reporting/pages")
    assert answer.status_code == 200
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_a_name_that_is_a_template_or_markup_comes_out_literally(desk: Desk) -> None:
    page = (await desk.get("manager", f"/programmes/{CALL}", prefix="/reporting/pages")).text
    assert "{{7*7}} &lt;b&gt;Kust&lt;/b&gt; (testdata)" in page
    assert "<b>" not in page
