"""The pages of ``tests.support.studio.visit`` on a real port, for what needs sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from nicegui import core

from tests.support.clock import until


@asynccontextmanager
async def serve() -> AsyncIterator[str]:
    """Serve them; gives the address."""
    config = uvicorn.Config(
        core.app,
        host="127.0.0.1",
        port=0,
        ws="wsproto",
        lifespan="off",
        log_level="error",
        proxy_headers=False,
    )
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    try:
        await until(lambda: server.started or running.done())
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        server.force_exit = True
        await running
