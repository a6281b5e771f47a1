package org.dmabuf.file;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Supplier;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * The structure that an ioctl takes or fills, where it lies in the caller's memory. Callers may be
 * built with an older, shorter structure or a newer, longer one: what theirs lacks reads as 0 and
 * is not written, what theirs has more is left alone.
 *
 * <pre>
 *   caller's   [ field | field ]              [ field | field | field | field ]
 *   ours       [ field | field | 0 ]          [ field | field | field ]
 *                older caller                   newer caller
 * </pre>
 *
 * <p>Not thread-safe: it belongs to one call. Kernel counterpart: {@code copy_from_user()}, {@code
 * copy_to_user()} and the size rule of {@code dma_heap_ioctl()}.
 */
public final class IoctlStruct {
  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private final MemorySegment memory;
  private final long bytes;

  private IoctlStruct(MemorySegment memory, long bytes) {
    this.memory = memory;
    this.bytes = bytes;
  }

  /**
   * Returns the structure that a request came with, of the length in the request's number.
   *
   * @param request its number, see {@link Ioctl}
   * @param argument the caller's memory, never null
   * @throws DmaBufException EFAULT when that is not so long
   */
  public static IoctlStruct of(int request, MemorySegment argument) {
    int bytes = Ioctl.bytes(request);
    if (argument.byteSize() < bytes) {
      throw fault("A structure of " + bytes + " bytes lies in " + argument.byteSize());
    }
    return new IoctlStruct(argument, bytes);
  }

  /** Returns 8 bits, 0 when the caller's structure ends before them; EFAULT. */
  public byte getByte(long offset) {
    return fits(offset, BYTE) ? guarded(() -> memory.get(BYTE, offset)) : 0;
  }

  /** Writes 8 bits, unless the caller's structure ends before them; EFAULT. */
  public void setByte(long offset, byte value) {
    if (fits(offset, BYTE)) {
      guarded(
          () -> {
            memory.set(BYTE, offset, value);
            return null;
          });
    }
  }

  /** Returns 32 bits, 0 when the caller's structure ends before them; EFAULT. */
  public int getInt(long offset) {
    return fits(offset, INT) ? guarded(() -> memory.get(INT, offset)) : 0;
  }

  /** Returns 64 bits, 0 when the caller's structure ends before them; EFAULT. */
  public long getLong(long offset) {
    return fits(offset, LONG) ? guarded(() -> memory.get(LONG, offset)) : 0;
  }

  /** Writes 32 bits, unless the caller's structure ends before them; EFAULT. */
  public void setInt(long offset, int value) {
    if (fits(offset, INT)) {
      guarded(
          () -> {
            memory.set(INT, offset, value);
            return null;
          });
    }
  }

  /** Writes 64 bits, unless the caller's structure ends before them; EFAULT. */
  public void setLong(long offset, long value) {
    if (fits(offset, LONG)) {
      guarded(
          () -> {
            memory.set(LONG, offset, value);
            return null;
          });
    }
  }

  /**
   * Returns a text of the caller, which ends with a zero byte. Counterpart: {@code strndup_user()}.
   *
   * @param memory where it is, never null
   * @param most its bytes of UTF-8 without the zero
   * @return empty when it is longer, never null
   * @throws DmaBufException EFAULT when the memory ends before the text does
   */
  public static Optional<String> text(MemorySegment memory, int most) {
    byte[] bytes = new byte[most];
    for (int length = 0; length <= most; length++) {
      long at = length;
      byte next = guarded(() -> memory.get(ValueLayout.JAVA_BYTE, at));
      if (next == 0) {
        return Optional.of(new String(bytes, 0, length, StandardCharsets.UTF_8));
      }
      if (length < most) {
        bytes[length] = next;
      }
    }
    return Optional.empty();
  }

  /**
   * Returns a text of UTF-8 that ends with its first 0 or its place; EFAULT.
   *
   * @param width bytes of its place, of which the last one is never part of it
   */
  public String getText(long offset, int width) {
    byte[] text = new byte[width - 1];
    int length = 0;
    while (length < text.length && offset + length < bytes) {
      long at = offset + length;
      byte next = guarded(() -> memory.get(ValueLayout.JAVA_BYTE, at));
      if (next == 0) {
        break;
      }
      text[length++] = next;
    }
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }

  /** Writes a text of UTF-8, cut and filled with 0 to the bytes of its place; EFAULT. */
  public void setText(long offset, int width, String text) {
    byte[] all = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < width && offset + i < bytes; i++) {
      long at = offset + i;
      byte next = i < all.length && i < width - 1 ? all[i] : 0;
      guarded(
          () -> {
            memory.set(ValueLayout.JAVA_BYTE, at, next);
            return null;
          });
    }
  }

  /**
   * Returns the memory that an address in a caller's structure names. It must lie in the same
   * segment as the structure, for nothing else is known to be the caller's.
   *
   * @param argument the caller's memory, never null
   * @param address what the structure says
   * @param bytes how long it must be
   * @throws DmaBufException EFAULT when it lies elsewhere
   */
  public static IoctlStruct at(MemorySegment argument, long address, long bytes) {
    long offset = address - argument.address();
    if (offset < 0 || bytes < 0 || bytes > argument.byteSize() - offset) {
      throw fault(
          bytes + " bytes at 0x" + Long.toHexString(address) + " are not in the segment given");
    }
    return new IoctlStruct(argument.asSlice(offset, bytes), bytes);
  }

  private boolean fits(long offset, ValueLayout field) {
    return offset + field.byteSize() <= bytes;
  }

  /** The caller may have freed its memory, or given it to be read only. */
  private static <T> T guarded(Supplier<T> access) {
    try {
      return access.get();
    } catch (IllegalStateException
        | WrongThreadException
        | IllegalArgumentException
        | UnsupportedOperationException
        | IndexOutOfBoundsException bad) {
      throw fault("A structure cannot be accessed (" + bad.getMessage() + ")");
    }
  }

  private static DmaBufException fault(String what) {
    return new DmaBufException(
        Errno.EFAULT, what + "; memory of the caller that is there for as long would work");
  }
}
