//! The file: deletion and purge, what is counted and kept, other files and other versions.

use pretty_assertions::assert_eq;

use super::*;

#[test]
fn a_deleted_session_is_hidden_whole_and_comes_back() {
    let mut disk = OnDisk::with(&session(10));
    disk.store.delete(&id(), &person(), NOW).unwrap();
    assert_eq!(disk.store.sessions().unwrap()[0].deleted_at, Some(NOW));
    assert!(matches!(disk.store.put(&session(12), &person(), NOW), Err(StoreError::Deleted(_))));
    assert!(matches!(disk.store.undo(&id(), &person(), NOW), Err(StoreError::Deleted(_))));
    assert!(matches!(disk.store.delete(&id(), &person(), NOW), Err(StoreError::Deleted(_))));
    disk.store.undelete(&id(), &person(), NOW).unwrap();
    assert_eq!(disk.json(), session(10).canonical_json());
    assert!(matches!(disk.store.undelete(&id(), &person(), NOW), Err(StoreError::NotDeleted(_))));
}

#[test]
fn purged_text_is_in_no_byte_of_the_files() {
    let mut disk = OnDisk::with(&session(10));
    let mut big = session(30);
    big.entries[29].text = clean(&"PURGE-ME ".repeat(20_000));
    disk.store.put(&big, &person(), NOW).unwrap();
    disk.make(
        &person(),
        &Verb::Rewrite { level: Level::Summary, text: clean("PURGE-ME too"), tokens: 9 },
        &[entry(6).id],
    );
    let holds_it = |disk: &OnDisk| {
        let files = std::fs::read_dir(disk.path().parent().unwrap()).unwrap();
        files
            .map(|file| std::fs::read(file.unwrap().path()).unwrap())
            .any(|bytes| bytes.windows(8).any(|window| window == b"PURGE-ME"))
    };
    assert!(holds_it(&disk));
    let purged = disk.store.purge(&id()).unwrap();
    assert_eq!((purged.entries, purged.log_emptied), (30, true));
    assert!(purged.bytes > 180_000);
    assert!(!holds_it(&disk));
    assert_eq!(disk.store.sessions().unwrap(), []);
}

#[test]
fn costs_are_kept_per_encoding_and_a_rewrite_makes_them_unknown() {
    let mut disk = OnDisk::with(&session(10));
    disk.store.recount(&id(), Encoding::Bytes4, &[(entry(1).id, [9, 8, 7, 6]), (EntryId(0), [1; 4])]).unwrap();
    assert_eq!(disk.store.load(&id()).unwrap().entries[0].costs, entry(1).costs);
    disk.store.count_in(Encoding::Bytes4);
    let loaded = disk.store.load(&id()).unwrap();
    assert_eq!((loaded.entries[0].costs, loaded.entries[1].costs), ([9, 8, 7, 6], [0; 4]));
    assert_eq!((loaded.names.len(), loaded.names[0].cost), (1, 0));
    let counted = [NameRow { cost: 5, ..loaded.names[0].clone() }];
    disk.store.recount_names(&id(), Encoding::Bytes4, &counted).unwrap();
    assert_eq!(disk.store.load(&id()).unwrap().names, counted);
    let row = disk.store.sessions().unwrap().remove(0);
    assert_eq!((row.encoding, row.held()), (Encoding::Bytes4, 9));
    let verb = Verb::Rewrite { level: Level::Summary, text: clean("by hand"), tokens: 5 };
    let (edit, _) = loaded.edit_for(&verb, &[entry(1).id]).unwrap();
    disk.store.record(&id(), &person(), NOW, &edit).unwrap();
    assert_eq!(disk.store.load(&id()).unwrap().entries[0].costs, [0; 4]);
}

#[test]
fn counts_are_remembered_by_content_and_encoding() {
    let mut store = Native::in_memory().unwrap();
    let (one, two) = (content_hash("one"), content_hash("two"));
    store.remember_counts(Encoding::O200k, &[(one, 1)]).unwrap();
    assert_eq!(store.known_counts(Encoding::O200k, &[two, one]).unwrap(), [None, Some(1)]);
    assert_eq!(store.known_counts(Encoding::Cl100k, &[one]).unwrap(), [None]);
}

#[test]
fn other_files_are_refused_and_left_as_they_are() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "x".repeat(500)).unwrap();
    assert!(matches!(Native::open(&text), Err(StoreError::NotHaversack { .. })));
    let foreign = folder.path().join("foreign.db");
    Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE t (a)").unwrap();
    assert!(matches!(Native::open(&foreign), Err(StoreError::NotHaversack { .. })));
    assert!(matches!(Native::open(folder.path()), Err(StoreError::File { .. })));
    assert!(!Native::is_haversack(&foreign) && !Native::is_haversack(&folder.path().join("none")));

    let newer = folder.path().join("newer.db");
    Native::open(&newer).unwrap().connection.pragma_update(None, "user_version", 99).unwrap();
    assert!(Native::is_haversack(&newer));
    let error = Native::open(&newer).err().expect("a newer store is refused").to_string();
    let known = schema::KNOWN_VERSION;
    assert!(error.contains(&format!("newer Haversack (format 99, this one knows up to {known})")), "{error}");
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_a_store() {
    use std::os::unix::fs::PermissionsExt;
    let disk = OnDisk::with(&session(1));
    let mode = |path: PathBuf| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(disk.path()), 0o600);
    assert_eq!(mode(disk.path().with_file_name("haversack.db-wal")), 0o600);
    assert_eq!(mode(disk.path().parent().unwrap().into()), 0o700);
}

#[test]
fn what_a_later_version_wrote_into_a_column_is_an_error_not_a_panic() {
    let disk = OnDisk::with(&session(3));
    for damage in
        ["UPDATE standing SET state = 'x'", "UPDATE entries SET kind = 'dream'", "UPDATE sessions SET models = '1'"]
    {
        disk.store.connection.execute(damage, []).unwrap();
        assert!(matches!(disk.store.load(&id()), Err(StoreError::Damaged { .. })), "{damage}");
    }
    assert!(disk.store.connection.execute("UPDATE entries SET text = 'other'", []).is_err());
}

#[test]
fn migration() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("old.db");
    let old = schema::open_at(&path, 1).unwrap();
    old.execute_batch(
        "INSERT INTO sessions (id, title, project, models, settings, sources, problems, next_seq, updated)
         VALUES ('claude:old', 'Old', '', '[]', '{\"max_tokens\":0,\"dedup_threshold\":0.15,\"preserve_recent\":4}', '[]', '[]', 1, 0);",
    )
    .unwrap();
    drop(old);
    let mut store = Native::open(&path).unwrap();
    let old = SessionId::new("claude:old");
    assert_eq!((&*store.load(&old).unwrap().title, store.embeddings(&old).unwrap()), ("Old", vec![]));
    store.put(&session(5), &person(), NOW).unwrap();
    assert_eq!(store.load(&id()).unwrap().entries.len(), 5);
}
