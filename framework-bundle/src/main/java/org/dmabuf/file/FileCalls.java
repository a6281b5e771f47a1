package org.dmabuf.file;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.debug.LeakTracker;
import org.dmabuf.debug.Snapshot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The system calls that take a descriptor and do something with what it names. They take numbers
 * and answer with numbers and errno exactly as the system calls of the same names do.
 *
 * <pre>
 *   fd --table--> file (a reference is held meanwhile) --> the kind of file's own operation
 * </pre>
 *
 * <p>What is mapped here is the program's, and is unmapped with its table. Thread-safe; no lock is
 * held while a file is called. Kernel counterpart: {@code fs/read_write.c}, {@code fs/ioctl.c},
 * {@code mm/mmap.c}.
 */
public abstract sealed class FileCalls permits FileTable {
  private static final Logger LOG = LoggerFactory.getLogger(FileCalls.class);

  private final String owner;
  private final int pageSize;
  private final Map<CpuMapping, Place> mappings = new ConcurrentHashMap<>();
  private final LeakTracker leaks;

  /**
   * What a mapping shows.
   *
   * @param file which holds until the unmap
   * @param offset its first byte
   */
  record Place(OpenFile file, long offset) {}

  FileCalls(String owner, int pageSize, LeakTracker leaks) {
    this.owner = Objects.requireNonNull(owner);
    this.pageSize = pageSize;
    this.leaks = Objects.requireNonNull(leaks);
  }

  /** Returns the client's name, never null. */
  public final String owner() {
    return owner;
  }

  abstract FileTable table();

  /**
   * Moves a file's position.
   *
   * @param fd the descriptor
   * @param offset bytes
   * @param whence see {@link Whence}
   * @return the new position
   * @throws DmaBufException EBADF; ESPIPE or EINVAL as the kind of file has it
   */
  public long lseek(int fd, long offset, int whence) {
    return with(fd, file -> file.seek(offset, whence));
  }

  /**
   * Reads from a file.
   *
   * @param fd the descriptor
   * @param to where to, never null
   * @return the bytes read
   * @throws DmaBufException EBADF when it is not open for reading; others as the kind of file has
   *     it
   */
  public long read(int fd, MemorySegment to) {
    return with(
        fd,
        file -> {
          checkMode(fd, file, file.isReadable(), "reading");
          return file.read(to);
        });
  }

  /**
   * Writes to a file.
   *
   * @param fd the descriptor
   * @param from what, never null
   * @return the bytes written
   * @throws DmaBufException EBADF when it is not open for writing; others as the kind of file has
   *     it
   */
  public long write(int fd, MemorySegment from) {
    return with(
        fd,
        file -> {
          checkMode(fd, file, file.isWritable(), "writing");
          return file.write(from);
        });
  }

  /**
   * Does what a request number says.
   *
   * @param fd the descriptor
   * @param request direction, size, type and number as Linux packs them
   * @param argument the structure that the request reads and writes; {@code MemorySegment.NULL} for
   *     none; never null
   * @return the result, 0 or more
   * @throws DmaBufException EBADF; ENOTTY for a request that the kind of file does not have; others
   *     as the request has them
   */
  public int ioctl(int fd, int request, MemorySegment argument) {
    return with(
        fd,
        file ->
            GenericIoctl.handles(table(), fd, file, request, argument)
                ? 0
                : file.ioctl(table(), request, argument));
  }

  /**
   * Maps a file.
   *
   * @param fd the descriptor
   * @param length bytes, rounded up to pages
   * @param offset the first byte, a multiple of the page size
   * @param protection see {@link MmapFlags}
   * @param flags see {@link MmapFlags}
   * @return the mapping, never null
   * @throws DmaBufException in the order of the kernel: EINVAL for an unaligned offset; EBADF;
   *     EINVAL for length 0; ENOMEM for one that cannot be rounded up; EOVERFLOW for a negative
   *     offset; EACCES when the access mode does not allow the protection; ENODEV and others as the
   *     kind of file has it
   */
  public CpuMapping mmap(int fd, long length, long offset, int protection, int flags) {
    MmapRange.checkAligned("fd " + fd + " of " + owner, offset, pageSize);
    OpenFile file = table().get(fd);
    try {
      long rounded = MmapRange.rounded(file, length, pageSize);
      MmapRange.checkOffset(file, offset);
      MmapFlags.check(file, protection, flags);
      CpuMapping mapping = file.mmap(table(), offset, rounded, protection, flags);
      mappings.put(mapping, new Place(file, offset));
      mapping.whenUnmapped(() -> mappings.remove(mapping));
      mapping.note(leaks);
      if (table().isClosed()) {
        // Closed meanwhile, perhaps by a thread that did not see this mapping.
        unmapGuarded(mapping);
        throw new DmaBufException(Errno.EBADF, "The file table of " + owner + " is closed");
      }
      return mapping;
    } finally {
      file.put();
    }
  }

  /**
   * Says what is ready, without waiting.
   *
   * @param fd the descriptor; a negative one is ignored
   * @param events what is asked, see {@link PollEvents}
   * @return what of it is ready; NVAL when the descriptor is not open
   */
  public int poll(int fd, int events) {
    PollFd one = new PollFd(fd, events);
    table().poll(List.of(one), Duration.ZERO);
    return one.revents();
  }

  /** Returns what is known of a file without reading it: fstat, fstatfs; EBADF. */
  public FileStatus stat(int fd) {
    return with(fd, FileText::status);
  }

  /** Returns what a link to the descriptor shows, as "/dmabuf:NAME"; EBADF. */
  public String path(int fd) {
    return with(fd, OpenFile::path);
  }

  /**
   * Returns what the system tells of a file, in the kernel's text.
   *
   * @throws DmaBufException EBADF when it is not open
   */
  public String fdinfo(int fd) {
    return with(fd, file -> FileText.fdinfo(file, table().isCloseOnExec(fd)));
  }

  /**
   * Calls an open file with a reference held. A call that a driver ends because of an interrupt is
   * EINTR for the program: restarting it is the kernel's affair.
   */
  <T> T with(int fd, Function<OpenFile, T> call) {
    OpenFile file = table().get(fd);
    try {
      return call.apply(file);
    } catch (DmaBufException failed) {
      if (failed.errno() == Errno.ERESTARTSYS) {
        throw new DmaBufException(Errno.EINTR, failed.sentence());
      }
      throw failed;
    } finally {
      file.put();
    }
  }

  /** EBADF when the access mode does not allow an access. */
  void checkMode(int fd, OpenFile file, boolean allowed, String what) {
    if (!allowed) {
      throw new DmaBufException(
          Errno.EBADF,
          "fd " + fd + " of " + owner + " (" + file.describe() + ") is not open for " + what);
    }
  }

  /** Returns what is mapped by calls of {@code mmap} of this table, never null. */
  public final List<Snapshot.CpuMap> cpuMappings() {
    return mappings.keySet().stream().map(mapping -> mapping.snapshot(owner)).toList();
  }

  /** Returns what a mapping of this table shows; ENOMEM when it is none. */
  Place placeOf(CpuMapping mapping) {
    Place place = mappings.get(Objects.requireNonNull(mapping, "mapping"));
    if (place == null) {
      throw new DmaBufException(
          Errno.ENOMEM, "A " + mapping + " is not of " + owner + " or is unmapped; map the file");
    }
    return place;
  }

  /** Unmaps all that was mapped here. */
  void unmapAll() {
    mappings.keySet().forEach(this::unmapGuarded);
  }

  private void unmapGuarded(CpuMapping mapping) {
    try {
      mapping.close();
    } catch (DmaBufException busy) {
      LOG.warn("Unmapping of {} failed: {}", owner, busy.getMessage());
    }
  }
}
