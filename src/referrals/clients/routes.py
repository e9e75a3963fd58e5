"""Pages of this room."""

from litestar.handlers import HTTPRouteHandler

routes: list[HTTPRouteHandler] = []
