"""Outgoing HTTP requests to addresses that people typed in: timeouts, and no way into our own network.

The guard stands where connections are opened. It resolves the name once, checks every address and connects to the
one it checked, so that a name cannot change its mind in between; each redirect opens its connection the same way.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

import httpcore
import httpx

CONNECT_TIMEOUT = 5.0
ANSWER_TIMEOUT = 10.0
MOST_REDIRECTS = 5
_NAT64 = ip_network("64:ff9b::/96")


class PrivateTarget(httpx.ConnectError):
    """The name leads into a private network; the operator can allow that with TOCSIN_ALLOW_PRIVATE_TARGETS."""


def http_client(*, allow_private_targets: bool) -> httpx.AsyncClient:
    """A client for requests to addresses from outside. Requests raise httpx.HTTPError (PrivateTarget is one)."""
    return httpx.AsyncClient(
        transport=_GuardedTransport(_Guard(allow_private=allow_private_targets)),
        timeout=httpx.Timeout(ANSWER_TIMEOUT, connect=CONNECT_TIMEOUT),
        follow_redirects=True,
        max_redirects=MOST_REDIRECTS,
        trust_env=False,
        headers={"User-Agent": "Tocsin"},
    )


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open Internet, also when it is wrapped into an IPv6 one."""
    ip = _unwrapped(ip_address(address.partition("%")[0]))
    return ip.is_global and not ip.is_multicast


def _unwrapped(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(ip, IPv6Address):
        if ip in _NAT64:
            return IPv4Address(int(ip) & 0xFFFFFFFF)
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        return inner or ip
    return ip


class _Guard(httpcore.AsyncNetworkBackend):
    def __init__(self, *, allow_private: bool) -> None:
        self._allow_private = allow_private
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: "Iterable[httpcore.SOCKET_OPTION] | None" = None,
    ) -> httpcore.AsyncNetworkStream:
        address = await self._resolve(host, port)
        return await self._inner.connect_tcp(
            address, port, timeout=timeout, local_address=local_address, socket_options=socket_options
        )

    async def _resolve(self, host: str, port: int) -> str:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError(f"{host} cannot be resolved: {error}") from error
        addresses = [str(entry[4][0]) for entry in found]
        if not self._allow_private and not all(map(is_public, addresses)):
            raise PrivateTarget(
                f"{host} leads into a private network; set TOCSIN_ALLOW_PRIVATE_TARGETS to on if that is meant"
            )
        return addresses[0]


class _GuardedTransport(httpx.AsyncHTTPTransport):
    """httpx's own transport with our guard where its connections are opened."""

    def __init__(self, guard: _Guard) -> None:
        super().__init__(trust_env=False)
        self._pool: Any = httpcore.AsyncConnectionPool(
            ssl_context=ssl.create_default_context(), network_backend=guard, max_connections=20
        )
