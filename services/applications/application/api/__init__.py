"""Applications over HTTP: arriving, deciding, reading. Endpoints translate, call one handler and translate back."""

from fastapi import APIRouter

from services.applications.application.api import arriving, deciding, reading

router = APIRouter(tags=["applications"])
router.include_router(arriving.router)
router.include_router(deciding.router)
router.include_router(reading.router)
