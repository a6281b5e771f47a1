package org.dmabuf.file;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.MemoryFile;
import org.dmabuf.memory.TransferMeter;

/**
 * The open file of a memory file: what a udmabuf is made of.
 *
 * <pre>
 *   file       0 ............ size ... end of page
 *   read, write   ^ position
 *   mmap       [ any range: what lies beyond the last page is a SIGBUS when it is touched ]
 * </pre>
 *
 * <p>Its memory file is closed with the last reference; mappings hold one. Thread-safe: one read,
 * write or change of size at a time. Kernel counterpart: {@code mm/memfd.c} and {@code mm/shmem.c}.
 */
public final class MemFd extends OpenFile {
  private static final int S_IFREG = 0100000;
  private static final int FALLOC_FL_KEEP_SIZE = 1;
  private static final int FALLOC_FL_PUNCH_HOLE = 2;
  private static final int WRITE_SEALS = MemoryFile.F_SEAL_WRITE | MemoryFile.F_SEAL_FUTURE_WRITE;

  private final MemoryFile memory;
  private final long inode;
  private final TransferMeter meter;
  private long position; // guarded by this

  /**
   * Makes the open file with one reference, the caller's.
   *
   * @param memory what it opens; passes to the file, never null
   * @param inode its number among memory files, 1 or more
   * @param meter what reads and writes are counted by, never null
   */
  public MemFd(MemoryFile memory, long inode, TransferMeter meter) {
    this.memory = Objects.requireNonNull(memory, "memory");
    this.inode = inode;
    this.meter = Objects.requireNonNull(meter, "meter");
  }

  /** Returns the memory file, for exporters that make buffers of its pages; never null. */
  public MemoryFile memory() {
    return memory;
  }

  @Override
  public String describe() {
    return "memfd '" + memory.name() + "' (" + memory.size() + " bytes)";
  }

  @Override
  public PseudoFs fileSystem() {
    return PseudoFs.TMPFS;
  }

  @Override
  public String path() {
    return fileSystem().prefix() + memory.name() + " (deleted)";
  }

  @Override
  public long inode() {
    return inode;
  }

  @Override
  public long size() {
    return memory.size();
  }

  @Override
  public int mode() {
    return S_IFREG | 0777;
  }

  @Override
  public synchronized long position() {
    return position;
  }

  @Override
  protected boolean isSeekable() {
    return true;
  }

  @Override
  protected synchronized long seek(long offset, int whence) {
    long base =
        switch (whence) {
          case Whence.SEEK_SET -> 0;
          case Whence.SEEK_CUR -> position;
          case Whence.SEEK_END -> size();
          default -> throw unsought(Errno.EINVAL, offset, whence);
        };
    if (offset > Long.MAX_VALUE - base) {
      throw unsought(Errno.EOVERFLOW, offset, whence);
    }
    if (base + offset < 0) {
      throw unsought(Errno.EINVAL, offset, whence);
    }
    position = base + offset;
    return position;
  }

  private DmaBufException unsought(Errno errno, long offset, int whence) {
    return new DmaBufException(
        errno,
        describe()
            + " was sought to "
            + offset
            + " from "
            + whence
            + "; 0 to 2 with a sum of 0 or"
            + " more would work");
  }

  @Override
  protected boolean hasPlaces() {
    return true;
  }

  @Override
  protected synchronized long read(MemorySegment to) {
    long read = readAt(to, position);
    position += read;
    return read;
  }

  @Override
  protected synchronized long write(MemorySegment from) {
    if ((flags() & OpenFlags.O_APPEND) != 0) {
      position = size();
    }
    long written = writeAt(from, position);
    position += written;
    return written;
  }

  @Override
  protected synchronized long readAt(MemorySegment to, long offset) {
    long bytes = Math.min(to.byteSize(), size() - offset); // negative behind the end
    if (bytes <= 0) {
      return 0;
    }
    checkReachable(to, true);
    transfer(offset, bytes, false, to);
    return bytes;
  }

  @Override
  protected synchronized long writeAt(MemorySegment from, long offset) {
    long bytes = from.byteSize();
    if (bytes == 0) {
      return 0;
    }
    if ((seals() & WRITE_SEALS) != 0) {
      throw new DmaBufException(
          Errno.EPERM, describe() + " is sealed against writing; it can be read");
    }
    if (offset > Long.MAX_VALUE - bytes) {
      throw new DmaBufException(
          Errno.EFBIG, describe() + " was written " + bytes + " bytes at " + offset);
    }
    checkReachable(from, false);
    if (offset + bytes > size()) {
      memory.truncate(offset + bytes);
    }
    transfer(offset, bytes, true, from);
    return bytes;
  }

  /** EFAULT for memory that the program may not access so, before anything is moved. */
  private void checkReachable(MemorySegment program, boolean stores) {
    if (!program.scope().isAlive()
        || !program.isAccessibleBy(Thread.currentThread())
        || (stores && program.isReadOnly())) {
      throw new DmaBufException(
          Errno.EFAULT,
          describe()
              + " was "
              + (stores ? "read into" : "written from")
              + " memory that is freed, another thread's or read-only; the caller's own would"
              + " work");
    }
  }

  /** Moves bytes of a program by a mapping of the pages that they lie in. */
  private void transfer(long offset, long bytes, boolean writes, MemorySegment program) {
    long first = offset - offset % blockSize();
    try (Arena arena = Arena.ofShared()) {
      MemorySegment pages = memory.map(arena, first, offset - first + bytes, writes);
      FrameView file = new FrameView(List.of(pages), meter);
      FrameView other = new FrameView(List.of(program), meter);
      if (writes) {
        FrameView.copy(other, 0, file, offset - first, bytes);
      } else {
        FrameView.copy(file, offset - first, other, 0, bytes);
      }
    }
  }

  @Override
  protected synchronized void truncate(long size) {
    if (!isWritable()) {
      throw new DmaBufException(
          Errno.EINVAL, describe() + " is not open for writing and keeps its size");
    }
    memory.truncate(size);
  }

  @Override
  protected synchronized void allocate(int mode, long offset, long length) {
    if (offset > Long.MAX_VALUE - length) {
      throw new DmaBufException(
          Errno.EFBIG, describe() + " was to have room for " + length + " bytes at " + offset);
    }
    if (mode == (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE)) {
      memory.punch(offset, length);
    } else if (mode == 0) {
      if (offset + length > size()) {
        memory.truncate(offset + length);
      }
    } else if (mode != FALLOC_FL_KEEP_SIZE) {
      throw new DmaBufException(
          Errno.EOPNOTSUPP,
          describe()
              + " was to have room by mode "
              + mode
              + "; 0, 1 (keep size) and 3 (punch) work");
    }
  }

  @Override
  protected void sync() {
    // There is no disk that it lies on, so nothing to wait for.
  }

  @Override
  protected boolean hasOrdinaryPages() {
    return true;
  }

  @Override
  protected int seals() {
    return memory.seals();
  }

  @Override
  protected synchronized void addSeals(int seals) {
    if (!isWritable()) {
      throw new DmaBufException(
          Errno.EPERM, describe() + " is not open for writing and takes no seals");
    }
    memory.addSeals(seals);
  }

  @Override
  protected CpuMapping mmap(FileTable caller, long offset, long length, int protection, int flags) {
    boolean writes = (protection & MmapFlags.PROT_WRITE) != 0;
    if (writes && MmapFlags.isPrivate(flags)) {
      throw new DmaBufException(
          Errno.EOPNOTSUPP,
          describe() + " was mapped with MAP_PRIVATE for stores; there are no copies on write");
    }
    if (writes && (seals() & WRITE_SEALS) != 0) {
      throw new DmaBufException(
          Errno.EPERM, describe() + " is sealed against writing; a mapping for reading would work");
    }
    long there = Math.min(length, memory.mappable() - offset);
    Arena arena = Arena.ofShared();
    try {
      MemorySegment pages =
          there > 0 ? memory.map(arena, offset, there, writes) : MemorySegment.NULL;
      CpuMapping mapping = CpuMapping.of(describe(), arena, pages, length, protection, this::put);
      tryGet(); // the caller holds a reference, so there is one more to be had
      return mapping;
    } catch (RuntimeException refused) {
      arena.close();
      throw refused;
    }
  }

  @Override
  protected void released() {
    memory.close();
  }
}
