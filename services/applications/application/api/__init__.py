"""Applications over HTTP: endpoints translate, call one handler and translate back."""

from fastapi import APIRouter

from services.applications.application.api import (
    actions,
    arriving,
    budget_import,
    completing,
    deciding,
    delaying,
    desk,
    engagements,
    exporting,
    granted,
    handling,
    letters,
    preparing,
    prioritising,
    reading,
    replacing,
)

router = APIRouter(tags=["applications"])
router.include_router(arriving.router)
router.include_router(budget_import.router)
router.include_router(replacing.router)
router.include_router(handling.router)
router.include_router(deciding.router)
router.include_router(preparing.router)
router.include_router(prioritising.router)
router.include_router(granted.router)
router.include_router(reading.router)
router.include_router(completing.router)
router.include_router(desk.router)
router.include_router(delaying.router)
router.include_router(engagements.router)
router.include_router(exporting.router)
router.include_router(actions.router)
router.include_router(letters.router)
