package org.dmabuf.views;

import java.awt.image.DataBuffer;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * The memory of a mapping as the elements of a raster: bytes, or little-endian shorts and ints, as
 * the fourcc formats have them. Holds no bytes of its own.
 *
 * <p>As thread-safe as the memory.
 */
abstract sealed class MappedData extends DataBuffer {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  final MemorySegment memory;

  private MappedData(int type, int bytes, MemorySegment memory) {
    super(type, Math.toIntExact(memory.byteSize() / bytes));
    this.memory = memory;
  }

  /** Returns the memory as elements of 1, 2 or 4 bytes, never null. */
  static MappedData of(MemorySegment memory, int bytes) {
    return switch (bytes) {
      case 1 -> new Bytes(memory);
      case 2 -> new Shorts(memory);
      case 4 -> new Ints(memory);
      default -> throw new IllegalArgumentException("No raster has elements of " + bytes);
    };
  }

  @Override
  public final int getElem(int bank, int at) {
    return get(at);
  }

  @Override
  public final void setElem(int bank, int at, int value) {
    if (memory.isReadOnly()) {
      throw new DmaBufException(
          Errno.EACCES, "A picture of a mapping for reading was written; map for writing");
    }
    set(at, value);
  }

  abstract int get(long at);

  abstract void set(long at, int value);

  private static final class Bytes extends MappedData {
    Bytes(MemorySegment memory) {
      super(TYPE_BYTE, 1, memory);
    }

    @Override
    int get(long at) {
      return Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, at));
    }

    @Override
    void set(long at, int value) {
      memory.set(ValueLayout.JAVA_BYTE, at, (byte) value);
    }
  }

  private static final class Shorts extends MappedData {
    Shorts(MemorySegment memory) {
      super(TYPE_USHORT, 2, memory);
    }

    @Override
    int get(long at) {
      return Short.toUnsignedInt(memory.get(SHORT, at * 2));
    }

    @Override
    void set(long at, int value) {
      memory.set(SHORT, at * 2, (short) value);
    }
  }

  private static final class Ints extends MappedData {
    Ints(MemorySegment memory) {
      super(TYPE_INT, 4, memory);
    }

    @Override
    int get(long at) {
      return memory.get(INT, at * 4);
    }

    @Override
    void set(long at, int value) {
      memory.set(INT, at * 4, value);
    }
  }
}
