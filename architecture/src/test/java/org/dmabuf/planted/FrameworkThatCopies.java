package org.dmabuf.planted;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Every way to move bytes that nobody counts, each in a method of its own. */
public final class FrameworkThatCopies {
  private FrameworkThatCopies() {}

  static void segments(MemorySegment from, MemorySegment to) {
    MemorySegment.copy(from, 0, to, 0, 1);
  }

  static void segmentToArray(MemorySegment from, byte[] to) {
    MemorySegment.copy(from, ValueLayout.JAVA_BYTE, 0, to, 0, 1);
  }

  static void copyFrom(MemorySegment from, MemorySegment to) {
    to.copyFrom(from);
  }

  static byte[] segmentAsArray(MemorySegment from) {
    return from.toArray(ValueLayout.JAVA_BYTE);
  }

  static ByteBuffer segmentAsBuffer(MemorySegment from) {
    return from.asByteBuffer();
  }

  static MemorySegment bufferAsSegment(ByteBuffer from) {
    return MemorySegment.ofBuffer(from);
  }

  static void bufferToArray(ByteBuffer from, byte[] to) {
    from.get(to);
  }

  static void bufferToPartOfArray(ByteBuffer from, byte[] to) {
    from.get(0, to, 0, 1);
  }

  static void arrayToBuffer(byte[] from, ByteBuffer to) {
    to.put(from);
  }

  static void buffers(ByteBuffer from, ByteBuffer to) {
    to.put(from);
  }

  static void arrays(byte[] from, byte[] to) {
    System.arraycopy(from, 0, to, 0, 1);
  }

  static byte[] arrayAgain(byte[] from) {
    return Arrays.copyOf(from, 1);
  }

  static byte[] partOfArray(byte[] from) {
    return Arrays.copyOfRange(from, 0, 1);
  }

  static byte[] arrayCloned(byte[] from) {
    return from.clone();
  }
}
