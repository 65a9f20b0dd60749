"""The secret that signs the browsers' sessions."""

import os
import secrets
from pathlib import Path

from data.common.files import write_atomic
from data.store import unusable

_LENGTH = 43  # characters of 32 random bytes


def storage_secret(folder: Path) -> str:
    """The folder's secret, made on the first call; only its owner may read the file.

    Call it with the folder locked. Raises ``StoreError``.
    """
    try:
        return _read_or_make(folder / "session-secret")
    except OSError as error:
        raise unusable(folder, error) from error


def _read_or_make(path: Path) -> str:
    secret = path.read_text("ascii", errors="replace").strip() if path.exists() else ""
    if len(secret) < _LENGTH:
        secret = secrets.token_urlsafe(32)
        write_atomic(path, secret.encode("ascii"))
    elif os.name == "posix" and path.stat().st_mode & 0o077:
        path.chmod(0o600)
    return secret
