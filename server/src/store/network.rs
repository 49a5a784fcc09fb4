//! SQLite's locks and its shared-memory log index don't work across machines: on a network file
//! system two processes can both believe that they write alone, and what was committed is lost.
//! (<https://www.sqlite.org/wal.html>, <https://www.sqlite.org/useovernet.html>)

use std::fs;
use std::path::Path;

/// File systems whose files may be written by another machine at the same time, as Linux names
/// them in `/proc/self/mountinfo`. Disks that several machines mount count as well.
const SHARED: [&str; 26] = [
    "9p",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "coda",
    "davfs",
    "fuse.ceph",
    "fuse.cephfs",
    "fuse.davfs2",
    "fuse.glusterfs",
    "fuse.juicefs",
    "fuse.rclone",
    "fuse.s3fs",
    "fuse.sshfs",
    "gfs2",
    "glusterfs",
    "gpfs",
    "lustre",
    "ncpfs",
    "nfs",
    "nfs4",
    "ocfs2",
    "smb3",
    "smbfs",
    "vboxsf",
];

/// The network file system that this existing folder is on. `None` for a disk of this machine,
/// and where the operating system has no list of mounts that we can read.
pub(super) fn network_file_system(folder: &Path) -> Option<String> {
    let folder = fs::canonicalize(folder).ok()?;
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    let kind = kind_at(&mounts, &folder)?;
    SHARED.contains(&kind.as_str()).then_some(kind)
}

/// The kind of file system that `folder` is on: that of the deepest mount above it, and of the
/// last one where several are stacked. The format: `man 5 proc_pid_mountinfo`.
fn kind_at(mounts: &str, folder: &Path) -> Option<String> {
    let mut deepest: Option<(usize, &str)> = None;
    for line in mounts.lines() {
        let Some((mount, about)) = line.split_once(" - ") else { continue };
        let Some(point) = mount.split(' ').nth(4).map(unescape) else { continue };
        let Some(kind) = about.split(' ').next() else { continue };
        let depth = Path::new(&point).components().count();
        if folder.starts_with(&point) && deepest.is_none_or(|(known, _)| known <= depth) {
            deepest = Some((depth, kind));
        }
    }
    deepest.map(|(_, kind)| kind.to_owned())
}

/// Blanks, tabs, line ends and backslashes stand as three octal digits.
fn unescape(text: &str) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        .iter()
        .fold(text.to_owned(), |text, (code, meant)| text.replace(code, meant))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:5 / /srv rw - nfs4 files:/export rw,vers=4.2
31 30 254:1 / /srv/local\\040disk rw - xfs /dev/vdb rw
32 22 0:6 / /mnt/share rw - ext4 /dev/vdc rw
33 32 0:7 / /mnt/share rw shared:2 master:3 - cifs //files/share rw";

    #[test]
    fn the_deepest_and_last_mount_counts() {
        for (folder, kind) in [
            ("/var/lib/msp", "ext4"),
            ("/srv/msp", "nfs4"),
            ("/srv/local disk/msp", "xfs"),
            ("/srvx/msp", "ext4"),
            ("/mnt/share", "cifs"),
        ] {
            assert_eq!(kind_at(MOUNTS, Path::new(folder)).as_deref(), Some(kind), "{folder}");
        }
        assert_eq!(kind_at("", Path::new("/srv")), None);
        assert_eq!(kind_at("no mounts here", Path::new("/srv")), None);
    }

    #[test]
    fn a_disk_of_this_machine_is_none() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(network_file_system(folder.path()), None);
    }
}
