package org.dmabuf;

import org.dmabuf.fault.FaultPoint;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.file.OpenFile;
import org.dmabuf.seam.Seam;

/**
 * The buffers of a client: how it exports, takes, attaches and maps them. The calls are those of
 * {@link DmaBufRegistry} and {@link DmaBuf}.
 *
 * <pre>
 *   export, adopt, get --> one handle for each buffer, in the books --> fd, attach, mmap
 * </pre>
 */
final class ClientBuffers {
  private final DmaBufCore core;
  private final Client client;
  private final ClientLife life;
  private final Books books;

  ClientBuffers(DmaBufCore core, Client client, ClientLife life, Books books) {
    this.core = core;
    this.client = client;
    this.life = life;
    this.books = books;
  }

  DmaBuf export(ExportInfo info) {
    if (!life.isOpen()) {
      throw tooLateToExport(info);
    }
    strikeExport(info);
    BufferObject buffer = newBuffer(info);
    DmaBuf handle = null;
    try {
      books.exported().add(buffer);
      handle = listed(buffer, buffer.sinceNanos());
    } finally {
      if (handle == null) {
        // No memory for the books: the driver frees what it has, and its release is not called.
        buffer.cancelExport();
        buffer.unref();
      }
    }
    if (!life.isOpen()) {
      buffer.cancelExport();
      handle.tryPut();
      throw tooLateToExport(info);
    }
    return handle;
  }

  DmaBuf adopt(DmaBuf foreign) {
    life.checkOpen("adopt buffers");
    BufferObject buffer = foreign.buffer();
    if (!foreign.isOpen() || !buffer.tryRef()) {
      throw new DmaBufException(
          Errno.EBADF, client.name() + " was to adopt " + foreign + " by a handle that is closed");
    }
    return handleFor(buffer);
  }

  DmaBuf get(FileTable table, int fd) {
    life.checkOpen("take files");
    OpenFile file = table.get(fd);
    try {
      if (!(file instanceof DmaBufFile ours)) {
        throw new DmaBufException(
            Errno.EINVAL,
            "fd " + fd + " of " + table.owner() + " is a " + file.describe() + ", not a dma-buf");
      }
      if (!ours.buffer().tryRef()) {
        throw new DmaBufException(
            Errno.EBADF, file.describe() + " names a released buffer; the caller is at fault");
      }
      return handleFor(ours.buffer());
    } finally {
      file.put();
    }
  }

  int fd(DmaBuf buffer, FileTable table, boolean cloexec) {
    life.checkOpen("make files");
    if (buffer == null) {
      throw new DmaBufException(
          Errno.EINVAL,
          client.name() + " was to give a descriptor to no buffer; a handle would work");
    }
    core.debug().checkNotHeld(buffer.buffer(), "A descriptor");
    // A count of our own keeps the buffer for the time of this call, whatever others close.
    if (buffer.client() != client || !buffer.tryGet()) {
      throw new DmaBufException(
          Errno.EBADF, client.name() + " has no open handle of " + buffer + "; adopt it first");
    }
    try {
      ref(buffer.buffer());
      int fd;
      try {
        fd = table.install(buffer.buffer().file(), cloexec);
      } catch (DmaBufException full) {
        buffer.buffer().unref();
        throw full;
      }
      buffer.tryPut();
      return fd;
    } finally {
      buffer.tryPut();
    }
  }

  Attachment attach(BufferObject buffer, DmaDevice device, ImporterOps importer) {
    life.checkOpen("attach devices");
    ref(buffer);
    Attachment attachment = null;
    try {
      attachment = Attachment.attach(client, buffer, device, importer);
      books.attachments().add(attachment);
      attachment.note();
    } finally {
      if (attachment == null) {
        buffer.unref();
      }
    }
    return life.kept("attach devices", attachment, core.stranded()::abandon);
  }

  /** Maps a range that was checked; the mapping is this client's until it is closed. */
  CpuMapping mmap(BufferObject buffer, long offset, long length, boolean writable) {
    life.checkOpen("map buffers");
    int protection = writable ? MmapFlags.PROT_READ | MmapFlags.PROT_WRITE : MmapFlags.PROT_READ;
    CpuMapping mapping = buffer.mmap(offset, length, protection);
    books.mappings().add(mapping);
    mapping.whenUnmapped(() -> books.mappings().remove(mapping));
    mapping.note(client.tracker());
    return life.kept("map buffers", mapping, CpuMapping::close);
  }

  private void strikeExport(ExportInfo info) {
    if (client.faults().isOn()) {
      client.faults().before(FaultPoint.EXPORT, "The export of a buffer of " + info.exporterName());
    }
  }

  /** Counted until its release. */
  private BufferObject newBuffer(ExportInfo info) {
    client.quotas().takeBuffer(info.policy());
    BufferObject buffer = null;
    try {
      buffer = core.newBuffer(client, info);
      return buffer;
    } finally {
      if (buffer == null) {
        client.quotas().giveBuffer(info.policy());
      }
    }
  }

  /** One reference to the buffer passes to the handle. */
  private DmaBuf handleFor(BufferObject buffer) {
    return life.kept("take buffers", listed(buffer, core.clock().nanos()), DmaBuf::tryPut);
  }

  private DmaBuf listed(BufferObject buffer, long sinceNanos) {
    while (true) {
      DmaBuf known = books.handles().get(buffer.inode());
      if (known != null && known.tryGet()) {
        buffer.unref();
        return known.forUserAgain();
      }
      DmaBuf fresh = new DmaBuf(client, buffer, sinceNanos);
      DmaBuf given = fresh.forUser();
      Seam.step();
      boolean listed =
          known == null
              ? books.handles().putIfAbsent(buffer.inode(), fresh) == null
              : books.handles().replace(buffer.inode(), known, fresh);
      if (listed) {
        return given;
      }
      fresh.unnote();
    }
  }

  private static void ref(BufferObject buffer) {
    if (!buffer.tryRef()) {
      throw new DmaBufException(
          Errno.EBADF,
          buffer.describe() + " was used by a handle that another thread closed meanwhile");
    }
  }

  private DmaBufException tooLateToExport(ExportInfo info) {
    return new DmaBufException(
        Errno.ENOENT, life + " and can export no buffer of " + info.exporterName());
  }
}
