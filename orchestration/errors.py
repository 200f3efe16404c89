"""The errors a person meets: each says what is wrong, where, and what to do next."""

from __future__ import annotations

import errno

# What the machine may refuse any command, and what to do then.
REFUSED = {
    errno.ENOSPC: "Free some space, or lower [retention] in nanolift.toml",
    errno.EDQUOT: "Free some space, or raise the quota",
    errno.EROFS: "Mount it for writing",
    errno.EACCES: "Call nanolift as the account that the workspace belongs to",
    errno.EPERM: "Call nanolift as the account that the workspace belongs to",
}


class NanoliftError(Exception):
    """Base of every error nanolift raises on purpose. The command line prints it without a traceback."""


class ConfigurationError(NanoliftError):
    """nanolift.toml or the environment is not right."""


class SourceError(NanoliftError):
    """A source could not be read or is not what its mapping says."""


class IntegrityError(NanoliftError):
    """Stored bytes are not what their hash says, or an identity of counts does not hold."""


class GateError(NanoliftError):
    """A gate stopped the run."""


class AlreadyPublishedError(NanoliftError):
    """The run that a schedule asks for has published already, started by another scheduler."""


class WorkspaceBusyError(NanoliftError):
    """Another run holds the workspace."""
