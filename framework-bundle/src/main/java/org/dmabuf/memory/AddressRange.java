package org.dmabuf.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.LongConsumer;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Adjacent addresses, taken first and then filled with memory from several places.
 *
 * <pre>
 *   RESERVED --fill--> FILLED --into(arena)--> MAPPED --arena closed--> UNMAPPED
 *       \_______________/ \_____ refused: unmapped at once
 * </pre>
 *
 * <p>For one thread.
 */
final class AddressRange {
  private final NativeMemory os;
  private final long bytes;
  private final long base;

  /**
   * Takes the addresses.
   *
   * @param bytes how many, a multiple of the page size, 1 page or more
   * @throws DmaBufException ENOMEM when the system has no such range
   */
  AddressRange(NativeMemory os, long bytes) {
    this.os = os;
    this.bytes = bytes;
    this.base = os.reserve(bytes);
  }

  /** Puts memory there, by what gets the first address; if that throws, the range is given back. */
  void fill(LongConsumer mapAt) {
    try {
      mapAt.accept(base);
    } catch (RuntimeException refused) {
      os.unmap(base, bytes);
      throw refused;
    }
  }

  /**
   * Gives the range the lifetime of an arena.
   *
   * @param length how many of its bytes the segment shows, 1 or more
   * @param unmapped run after the arena's close has unmapped it
   * @return the segment, never null
   * @throws DmaBufException EINVAL when the arena cannot take it; the range is given back then, and
   *     {@code unmapped} is not run
   */
  @SuppressWarnings("restricted") // the address and the length are those of the mapping just made
  MemorySegment into(Arena arena, long length, Runnable unmapped) {
    try {
      return MemorySegment.ofAddress(base)
          .reinterpret(
              length,
              arena,
              ignored -> {
                os.unmap(base, bytes);
                unmapped.run();
              });
    } catch (IllegalStateException | WrongThreadException closedArena) {
      os.unmap(base, bytes);
      throw new DmaBufException(
          Errno.EINVAL,
          "Mapping "
              + length
              + " bytes into an arena that cannot take it ("
              + closedArena.getMessage()
              + "); an open one that this thread may use would work");
    }
  }
}
