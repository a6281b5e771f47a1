package org.dmabuf.video.queue;

import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;

/**
 * What is done with what a program says of a buffer, before the device may have it.
 *
 * <pre>
 *   check (with the queue's monitor)    the frame's bytes fit into the plane
 *   take  (without)                     memory found, kept when it is the same as last time, else
 *                                       replaced; the frame's bytes suffice; mapped
 * </pre>
 *
 * <p>A take that fails leaves the index without memory, but for the device's own. Kernel
 * counterpart: {@code vb2_fill_vb2_v4l2_buffer()}, {@code __buf_prepare()}.
 */
final class BufferIntake {
  private final String device;
  private final QueueType type;
  private final QueueMemory memory;

  BufferIntake(String device, QueueType type, QueueMemory memory) {
    this.device = device;
    this.type = type;
    this.memory = memory;
  }

  DmaDirection direction() {
    return type.isOutput() ? DmaDirection.TO_DEVICE : DmaDirection.FROM_DEVICE;
  }

  /** EINVAL for another number of planes, or frames that do not fit into their planes. */
  void check(VideoBuffer buffer, QueueRequest request, MemoryType kind) {
    if (request.planes().size() < buffer.planeCount()) {
      throw refused(
          Errno.EINVAL,
          "was given %s with %d planes; it has %d",
          buffer,
          request.planes().size(),
          buffer.planeCount());
    }
    if (!type.isOutput()) {
      return;
    }
    for (int i = 0; i < buffer.planeCount(); i++) {
      QueueRequest.Plane said = request.planes().get(i);
      boolean named =
          kind == MemoryType.USERPTR
              || (kind == MemoryType.DMABUF && type.isMultiplanar() && said.length() > 0);
      long length = named ? said.length() : buffer.plane(i).length;
      boolean beyond = said.dataOffset() > 0 && said.dataOffset() >= used(said, length);
      if (said.bytesUsed() > length || beyond) {
        throw refused(
            Errno.EINVAL,
            "was given %d bytes from %d on in plane %d of %s, which has %d",
            said.bytesUsed(),
            said.dataOffset(),
            i,
            buffer,
            length);
      }
    }
  }

  /** Finds and maps the memory; the caller has the buffer. */
  void take(VideoBuffer buffer, QueueRequest request, MemoryType kind, QueueFencing mode) {
    boolean taken = false;
    try {
      for (int i = 0; i < buffer.planeCount(); i++) {
        take(buffer.plane(i), request.planes().get(i), request, kind, mode);
      }
      for (int i = 0; i < buffer.planeCount(); i++) {
        checkFrame(buffer, i);
      }
      buffer.begin();
      taken = true;
    } finally {
      if (!taken && kind != MemoryType.MMAP) {
        buffer.drop();
      }
    }
  }

  private void take(
      VideoBuffer.Plane plane,
      QueueRequest.Plane said,
      QueueRequest request,
      MemoryType kind,
      QueueFencing mode) {
    switch (kind) {
      case MMAP -> plane.place = 0;
      case DMABUF -> takeDmabuf(plane, said, request, mode == QueueFencing.IMPLICIT);
      case USERPTR -> takeUser(plane, said);
    }
    boolean output = type.isOutput();
    // A length that was not given counts as 0, as in the kernel: then the program says the bytes.
    long all = kind == MemoryType.MMAP ? plane.length : said.length();
    plane.bytesUsed = output ? used(said, all) : 0;
    plane.dataOffset = output && type.isMultiplanar() ? said.dataOffset() : 0;
  }

  private static long used(QueueRequest.Plane said, long all) {
    return said.bytesUsed() == 0 ? all : said.bytesUsed();
  }

  private void takeDmabuf(
      VideoBuffer.Plane plane, QueueRequest.Plane said, QueueRequest request, boolean fenced) {
    DmaBuf handle = memory.get(request.table(), said.fd());
    boolean passed = false;
    try {
      long length = said.length() == 0 ? handle.size() : said.length();
      checkLength(plane, length);
      boolean same =
          plane.memory instanceof DmabufMemory held
              && held.isOf(handle)
              && (fenced || !held.mayMove())
              && plane.length == length;
      if (!same) {
        PlaneMemory fresh = memory.imported(handle, length, direction(), fenced);
        passed = true;
        plane.drop();
        plane.memory = fresh;
        plane.length = length;
      }
      plane.place = said.fd();
    } finally {
      if (!passed) {
        handle.close();
      }
    }
  }

  private void takeUser(VideoBuffer.Plane plane, QueueRequest.Plane said) {
    if (said.address() == 0) {
      throw refused(Errno.EINVAL, "was given memory without an address");
    }
    checkLength(plane, said.length());
    if (said.user().isEmpty() || said.user().get().byteSize() < said.length()) {
      throw refused(
          Errno.EFAULT,
          "was given %d bytes at 0x%x, which is no memory of the caller's",
          said.length(),
          said.address());
    }
    if (!(plane.memory instanceof UserMemory held && held.isOf(said.user().get()))) {
      PlaneMemory fresh = memory.user(said.user().get());
      plane.drop();
      plane.memory = fresh;
    }
    plane.length = said.length();
    plane.place = said.address();
  }

  private void checkLength(VideoBuffer.Plane plane, long length) {
    if (length < plane.least) {
      throw refused(Errno.EINVAL, "was given %d bytes for frames of %d", length, plane.least);
    }
  }

  /** A frame that the device reads must be whole. */
  private void checkFrame(VideoBuffer buffer, int number) {
    VideoBuffer.Plane plane = buffer.plane(number);
    if (type.isOutput() && plane.bytesUsed - plane.dataOffset < plane.least) {
      throw refused(
          Errno.EINVAL,
          "was given a frame of %d bytes in plane %d of %s; it takes %d",
          plane.bytesUsed - plane.dataOffset,
          number,
          buffer,
          plane.least);
    }
  }

  private DmaBufException refused(Errno errno, String rest, Object... values) {
    return new DmaBufException(errno, "Video device " + device + " " + rest.formatted(values));
  }
}
