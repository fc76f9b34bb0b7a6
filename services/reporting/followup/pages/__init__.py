"""The pages of follow-up: programme and project, in Swedish, whole without JavaScript, with their charts as files."""

from services.reporting.followup.pages.routes import router

__all__ = ["router"]
