"""Dependencies of endpoints are coroutines: FastAPI calls everything else on a worker thread, once for each request."""

import inspect
from collections.abc import Iterator

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts

from deploy.services import SERVICES

ON_A_THREAD_ON_PURPOSE = {"_check", "_definition"}
"""They read a whole call file, which would hold up everybody else."""


def _dependencies(dependant: Dependant) -> Iterator[Dependant]:
    for found in dependant.dependencies:
        yield found
        yield from _dependencies(found)


def test_no_endpoint_waits_for_a_thread_to_be_given_what_it_asks_for() -> None:
    seen = 0
    for service in SERVICES.values():
        for router in (*service.routers, *service.pages):
            for context in iter_route_contexts(router.routes):
                route = context.original_route
                assert isinstance(route, APIRoute)
                for dependency in _dependencies(route.dependant):
                    call = dependency.call
                    assert call is not None
                    seen += 1
                    is_coroutine = inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(
                        getattr(call, "__call__", None)  # noqa: B004 - asks how it is called, not whether
                    )
                    name = getattr(call, "__name__", type(call).__name__)
                    assert is_coroutine or name in ON_A_THREAD_ON_PURPOSE, f"{route.path} asks for {name}"
    assert seen > 50
