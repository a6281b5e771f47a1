package org.dmabuf;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.IoctlStruct;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.file.OpenFile;
import org.dmabuf.file.PollEvents;
import org.dmabuf.file.PseudoFs;
import org.dmabuf.file.Whence;
import org.dmabuf.seam.Seam;

/**
 * The one open file of a buffer, whose references are the buffer's: handles, descriptors,
 * attachments and mappings hold one each.
 *
 * <pre>
 *   ioctl   SYNC, PREPARE_ACCESS, FINISH_ACCESS   {@link CpuSync}
 *           SET_NAME                              {@link BufferName}
 *           EXPORT_SYNC_FILE, IMPORT_SYNC_FILE    {@link SyncFileIoctls}
 *   mmap                                          {@link BufferObject#mmap}
 *   poll                                          {@link BufferPoll}
 * </pre>
 *
 * <p>Kernel counterpart: {@code dma_buf.file} and {@code dma_buf_fops}.
 */
final class DmaBufFile extends OpenFile {
  private final BufferObject buffer;
  // Made for the first who polls.
  private final AtomicReference<BufferPoll> poll = new AtomicReference<>();

  /**
   * Makes the file with one reference, the exporter's.
   *
   * @param flags access mode and status flags of the export
   */
  DmaBufFile(BufferObject buffer, int flags) {
    super(flags);
    this.buffer = buffer;
  }

  BufferObject buffer() {
    return buffer;
  }

  @Override
  public String describe() {
    return buffer.describe();
  }

  @Override
  public PseudoFs fileSystem() {
    return PseudoFs.DMABUF;
  }

  @Override
  public String path() {
    return fileSystem().prefix() + buffer.name().orElse("");
  }

  @Override
  public long inode() {
    return buffer.inode();
  }

  @Override
  public long size() {
    return buffer.size();
  }

  @Override
  protected boolean isSeekable() {
    return true;
  }

  /** Only tells the size: nothing is read, so there is no position. */
  @Override
  protected long seek(long offset, int whence) {
    if (offset != 0 || (whence != Whence.SEEK_SET && whence != Whence.SEEK_END)) {
      throw new DmaBufException(
          Errno.EINVAL,
          describe()
              + " was sought to "
              + offset
              + " from "
              + whence
              + "; only 0 from SEEK_SET (0) or SEEK_END (2) work");
    }
    return whence == Whence.SEEK_END ? size() : 0;
  }

  @Override
  protected int ioctl(FileTable caller, int request, MemorySegment argument) {
    if (request == DmaBufIoctl.SYNC) {
      CpuSync.sync(buffer, IoctlStruct.of(request, argument));
    } else if (request == DmaBufIoctl.PREPARE_ACCESS) {
      CpuSync.prepare(buffer);
    } else if (request == DmaBufIoctl.FINISH_ACCESS) {
      CpuSync.finish(buffer);
    } else if (request == DmaBufIoctl.SET_NAME_A || request == DmaBufIoctl.SET_NAME_B) {
      BufferName.set(buffer, argument);
    } else if (request == DmaBufIoctl.EXPORT_SYNC_FILE) {
      SyncFileIoctls.export(buffer, caller, IoctlStruct.of(request, argument));
    } else if (request == DmaBufIoctl.IMPORT_SYNC_FILE) {
      SyncFileIoctls.importInto(buffer, caller, IoctlStruct.of(request, argument));
    } else {
      return super.ioctl(caller, request, argument);
    }
    return 0;
  }

  @Override
  protected CpuMapping mmap(FileTable caller, long offset, long length, int protection, int flags) {
    if (MmapFlags.isPrivate(flags)) {
      throw new DmaBufException(
          Errno.EINVAL,
          describe() + " was mapped with MAP_PRIVATE; it is there to be shared, so MAP_SHARED");
    }
    return buffer.mmap(offset, length, protection);
  }

  @Override
  protected boolean isPollable() {
    return true;
  }

  /** ERR without a buffer, which nobody sees who holds a reference as he must. */
  @Override
  protected int poll(int events) {
    if (references() == 0) {
      return PollEvents.POLLERR;
    }
    if ((events & (PollEvents.POLLIN | PollEvents.POLLOUT)) == 0) {
      return 0;
    }
    return bufferPoll().poll(events);
  }

  @Override
  protected void fdinfo(StringBuilder text) {
    // Who asks holds a reference meanwhile, which is not counted.
    text.append("size:\t").append(size()).append('\n');
    text.append("count:\t").append(references() - 1).append('\n');
    text.append("exp_name:\t").append(buffer.exporterName()).append('\n');
    buffer.name().ifPresent(name -> text.append("name:\t").append(name).append('\n'));
  }

  /** Tells those who poll that it may be ready. */
  void announce(int events) {
    wake(events);
  }

  private BufferPoll bufferPoll() {
    BufferPoll made = poll.get();
    if (made == null) {
      Seam.step();
      poll.compareAndSet(null, new BufferPoll(this));
      made = poll.get();
    }
    return made;
  }

  @Override
  protected void released() {
    buffer.release();
  }
}
