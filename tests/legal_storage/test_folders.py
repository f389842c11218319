"""The folders of the volume."""

from legal_storage.folders import prepare, wrong_folders


def test_all_five_folders_get_the_configured_owner_and_mode(configuration):
    loose = configuration.documents / "subpoena"
    loose.mkdir(parents=True, mode=0o755)

    reported = prepare(configuration)

    folders = [configuration.documents, *sorted(configuration.documents.iterdir())]
    assert reported.problems == []
    assert [f.name for f in folders] == ["documents", "certification", "hold", "rfpa", "subpoena"]
    assert {oct(f.stat().st_mode) for f in folders} == {"0o40750"}
    assert {(f.stat().st_uid, f.stat().st_gid) for f in folders} == {
        (configuration.owner.uid, configuration.owner.gid)
    }


def test_a_folder_with_a_wrong_mode_is_reported(configuration):
    prepare(configuration)
    (configuration.documents / "rfpa").chmod(0o770)

    (problem,) = wrong_folders(configuration)

    owner = f"{configuration.owner.uid}:{configuration.owner.gid}"
    assert problem == (
        f"{configuration.documents / 'rfpa'}: owner {owner} and mode 770 are not {owner} and 750: "
        "run `prepare` as its owner"
    )
