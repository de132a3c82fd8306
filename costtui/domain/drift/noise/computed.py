"""N6, what the provider computes, and N7, tags that AWS maintains: by name, and only where the code declares nothing there."""

import re

from costtui.domain.drift import pointer

_COMPUTED = {
    "etag",
    "last_modified",
    "last_modified_time",
    "arn",
    "version_id",
    "latest_restorable_time",
    "status",
    "source_code_size",
    "timeouts",
    "skip_final_snapshot",
    "name_prefix",
}
_CONTENT_TYPES = {"aws_s3_object", "aws_s3_bucket_object", "aws_s3_object_copy"}
_OWN_STATUS = re.compile(r"access_key|_versioning|_configuration$|signing_certificate|_macie|_guardduty|_inspector|_rule$")


def is_computed(type_: str, canonical_path: str, *, declared: bool) -> bool:
    """N6. CloudFormation compares declared properties only, so the rule is Terraform's alone.

    `etag` and `version_id` of an S3 object stand for its content, and the `status` of an access key is a decision: those stay.
    """
    parts = pointer.segments(canonical_path)
    if declared or "::" in type_ or not parts or parts[0] not in _COMPUTED:
        return False
    if parts[0] in ("etag", "version_id") and type_ in _CONTENT_TYPES:
        return False
    return not (parts[0] == "status" and _OWN_STATUS.search(type_))


def is_own_tag(path: str) -> bool:
    """N7: a tag whose key begins with `aws:`, which only AWS can write."""
    parts = pointer.segments(path)
    return len(parts) >= 2 and parts[-1].startswith("aws:") and parts[-2].lower() in ("tags", "tags_all")
