package org.dmabuf.file;

/** What the system tells of any open file. Kernel counterpart: {@code fs/proc/fd.c}, fs/stat.c. */
final class FileText {
  private static final int SECTOR = 512;

  private FileText() {}

  /** Returns the lines of fdinfo; those of the kind of file come last. */
  static String fdinfo(OpenFile file, boolean cloexec) {
    StringBuilder text = new StringBuilder();
    int flags = file.flags() | (cloexec ? OpenFlags.O_CLOEXEC : 0);
    text.append("pos:\t").append(file.position()).append('\n');
    text.append("flags:\t0").append(Integer.toOctalString(flags)).append('\n');
    text.append("mnt_id:\t").append(file.fileSystem().mountId()).append('\n');
    text.append("ino:\t").append(file.inode()).append('\n');
    file.fdinfo(text);
    return text.toString();
  }

  static FileStatus status(OpenFile file) {
    long size = file.size();
    long blocks = size / SECTOR + (size % SECTOR == 0 ? 0 : 1);
    FileStatus status =
        new FileStatus(
            file.mode(),
            1,
            file.inode(),
            0,
            0,
            size,
            file.blockSize(),
            blocks,
            0,
            0,
            file.fileSystem());
    return file.withChanges(status);
  }
}
