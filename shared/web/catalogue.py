"""The problem catalogue: what each refusal means, where its `type` leads; made from the refusals themselves."""

from collections.abc import Iterator
from dataclasses import dataclass
from inspect import cleandoc

from fastapi import APIRouter
from starlette.responses import Response

from shared.kernel.refusals import NotFound, Refusal
from shared.web.page_shell import render_page
from shared.web.problems import kebab, title_of

router = APIRouter(prefix="/problems", include_in_schema=False)


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem as the catalogue shows it. Placeholders of its texts are left as they are."""

    slug: str
    code: str
    title: str
    status: int
    rule: str
    sv: str
    en: str
    when: str
    retry_after_s: int | None


def kinds() -> list[Kind]:
    """Return every kind of refusal that is loaded, by code: those of the services and those of the base."""
    return sorted({_kind(refusal) for refusal in _descendants(Refusal) if refusal.sv}, key=lambda kind: kind.code)


@router.get("", response_class=Response)
async def catalogue() -> Response:
    """Visa alla problem. / Show every problem."""
    return render_page("catalogue.html", kinds=kinds())


@router.get("/{slug}", response_class=Response)
async def problem(slug: str) -> Response:
    """Visa ett problem. / Show one problem."""
    found = [kind for kind in kinds() if kind.slug == slug]
    if not found:
        raise NotFound
    return render_page("problem.html", kinds=found)


def _descendants(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    for child in kind.__subclasses__():
        yield child
        yield from _descendants(child)


def _kind(refusal: type[Refusal]) -> Kind:
    code = refusal.__name__
    return Kind(
        slug=kebab(code),
        code=code,
        title=title_of(code),
        status=refusal.status,
        rule=refusal.rule,
        sv=refusal.sv,
        en=refusal.en,
        when=cleandoc(refusal.__doc__ or ""),
        retry_after_s=refusal.retry_after_s,
    )
