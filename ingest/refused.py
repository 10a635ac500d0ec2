"""Why a request is refused. Every reason is permanent: the same bytes would be refused again."""


class Refused(Exception):
    """A request that we will not take. The text is for the developer of the sender.

    `status` is the HTTP status; `reason` is the short form under which refusals are counted;
    `field` is the part of the request that is wrong.
    """

    status = 400
    reason = "not decodable"
    field = "body"


class Undecodable(Refused):
    """The body is not what its headers say it is."""


class TooLarge(Refused):
    """The body is over the limit, as it came or inflated."""

    status = 413
    reason = "too large"


class UnsupportedType(Refused):
    """A Content-Type that we do not read."""

    status = 415
    reason = "content type not supported"
    field = "content-type"


class UnsupportedEncoding(Refused):
    """A Content-Encoding that we cannot undo."""

    status = 415
    reason = "content encoding not supported"
    field = "content-encoding"
