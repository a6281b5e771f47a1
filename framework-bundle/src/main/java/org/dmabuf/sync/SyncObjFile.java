package org.dmabuf.sync;

import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFile;
import org.dmabuf.file.OpenFlags;

/**
 * A sync object as an open file, by which it goes to another device file or program: nothing can be
 * done with it but that. Each file is one of its own, all name the same object.
 *
 * <p>Thread-safe. Kernel counterpart: {@code drm_syncobj_file_fops}.
 */
final class SyncObjFile extends OpenFile {
  private final SyncObj object;

  SyncObjFile(SyncObj object) {
    super(OpenFlags.O_RDONLY);
    this.object = object;
  }

  /** Returns the object behind a descriptor; empty when it is not open or another kind of file. */
  static Optional<SyncObj> objectOf(FileTable table, int fd) {
    OpenFile file;
    try {
      file = table.get(fd);
    } catch (DmaBufException notOpen) {
      return Optional.empty();
    }
    try {
      return file instanceof SyncObjFile ours ? Optional.of(ours.object) : Optional.empty();
    } finally {
      file.put();
    }
  }

  @Override
  public String describe() {
    return "sync object file";
  }

  /** Nothing to give back: the object lives as long as anybody knows it. */
  @Override
  protected void released() {}
}
