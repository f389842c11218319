"""What the EFS CSI driver needs to provision a volume that one user and group own."""

import re
from collections.abc import Mapping

DRIVER = "efs.csi.aws.com"

_FILE_SYSTEM = re.compile(r"fs-[0-9a-z]+")
_PERMISSIONS = re.compile(r"0?[0-7]{3}")
_OWNER_AND_GROUP = 0o750  # the mode of the documents' folders


def parameter_faults(parameters: Mapping[str, str], uid: int, gid: int) -> list[tuple[str, str]]:
    """
    Return what is wrong with the StorageClass *parameters* of the driver, by key.

    The driver makes an access point for each volume. The access point replaces the user and group
    of every request by its own, so that nobody can change the owner of a folder in a pod.

    Args:
        parameters: The parameters.
        uid: The user that must own the volume.
        gid: The group that must own the volume.
    """
    wanted = {"provisioningMode": "efs-ap", "uid": str(uid), "gid": str(gid)}
    faults = [
        (key, f"efs.csi.aws.com needs {value!r}: set it (got {parameters.get(key)!r})")
        for key, value in wanted.items()
        if parameters.get(key) != value
    ]
    if not _FILE_SYSTEM.fullmatch(parameters.get("fileSystemId", "")):
        faults.append(("fileSystemId", "efs.csi.aws.com needs the id of a file system: add it"))
    permissions = parameters.get("directoryPerms", "")
    if not _PERMISSIONS.fullmatch(permissions):
        faults.append(("directoryPerms", 'efs.csi.aws.com needs permissions: write "750"'))
    elif int(permissions, 8) != _OWNER_AND_GROUP:
        faults.append(
            ("directoryPerms", f'only owner and group may read: write "750" (got {permissions!r})')
        )
    return faults
