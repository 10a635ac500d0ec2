"""Why a request is refused. Every reason is permanent: the same bytes would be refused again."""


class Refused(Exception):
    """A request that we will not take. The text is for the developer of the sender.

    `status` is the HTTP status; `reason` is the short form under which refusals are counted.
    """

    status = 400
    reason = "not decodable"


class Undecodable(Refused):
    """The body is not what its headers say it is."""


class TooLarge(Refused):
    """The body is over the limit, as it came or inflated."""

    status = 413
    reason = "too large"


class UnsupportedMedia(Refused):
    """A content type or encoding that we do not read."""

    status = 415
    reason = "content type or encoding not supported"
