package org.dmabuf.display.kms;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.format.Modifier;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.format.PlaneShape;

/**
 * Checks what is asked of a framebuffer, in the order of Linux, and makes it.
 *
 * <pre>
 *   format -> size -> for each plane: named at all -> end within 32 bits -> pitch
 *          -> modifier -> for each plane: reached -> long enough
 * </pre>
 *
 * <p>Kernel counterpart: {@code framebuffer_check()} and {@code drm_gem_fb_create()}.
 */
final class FramebufferMaker {
  private static final long MAX_END = 0xffff_ffffL;

  private final KmsInfo info;

  FramebufferMaker(KmsInfo info) {
    this.info = info;
  }

  /**
   * Makes one with one user, its number.
   *
   * @throws DmaBufException EINVAL, ERANGE, ENOENT; the exporter's errors; then nothing is left
   */
  Framebuffer make(int id, KmsFile owner, FramebufferRequest request) {
    PixelFormat format = check(request);
    List<Framebuffer.Part> parts = new ArrayList<>();
    IdentityHashMap<FramebufferMemory.Source, FramebufferMemory> reached = new IdentityHashMap<>();
    try {
      for (int i = 0; i < format.planeShapes().size(); i++) {
        parts.add(reach(request, format, i, reached));
      }
    } catch (DmaBufException refused) {
      reached.values().forEach(Framebuffer::close);
      throw refused;
    }
    return new Framebuffer(id, owner, request, format, parts);
  }

  private PixelFormat check(FramebufferRequest request) {
    PixelFormat format =
        info.formats().stream()
            .filter(known -> known.drmFourcc() == request.fourcc())
            .findFirst()
            .orElseThrow(
                () ->
                    refused(
                        Errno.EINVAL,
                        "format 0x"
                            + Integer.toHexString(request.fourcc())
                            + "; "
                            + info.formats()
                            + " would work"));
    if (!info.takes(request.width(), request.height())) {
      throw refused(
          Errno.EINVAL,
          "%dx%d pixels; %s would work"
              .formatted(request.width(), request.height(), info.limits()));
    }
    if (request.planes().size() < format.planeShapes().size()) {
      throw refused(
          Errno.EINVAL,
          request.planes().size()
              + " places for the planes of "
              + format
              + "; one for each plane would work");
    }
    for (int i = 0; i < format.planeShapes().size(); i++) {
      checkPlace(request, format, i);
    }
    if (request.modifier().orElse(Modifier.LINEAR) != Modifier.LINEAR) {
      throw refused(
          Errno.EINVAL,
          "modifier 0x"
              + Long.toHexString(request.modifier().getAsLong())
              + "; LINEAR (0) would work");
    }
    return format;
  }

  private void checkPlace(FramebufferRequest request, PixelFormat format, int plane) {
    FramebufferRequest.Part part = request.planes().get(plane);
    PlaneShape shape = format.planeShapes().get(plane);
    if (part.memory().isNone()) {
      throw refused(Errno.EINVAL, "no buffer for plane " + plane + "; one would work");
    }
    if (part.pitch() * rows(request, shape) + part.offset() > MAX_END) {
      throw refused(
          Errno.ERANGE,
          "plane %d at %d with a pitch of %d, which ends beyond 4 GiB; one within would work"
              .formatted(plane, part.offset(), part.pitch()));
    }
    if (part.pitch() < rowBytes(request, shape)) {
      throw refused(
          Errno.EINVAL,
          "a pitch of %d bytes for plane %d; %d or more would work"
              .formatted(part.pitch(), plane, rowBytes(request, shape)));
    }
    if (part.pitch() % info.pitchAlign() != 0) {
      throw refused(
          Errno.EINVAL,
          "a pitch of %d bytes for plane %d; a multiple of %d would work"
              .formatted(part.pitch(), plane, info.pitchAlign()));
    }
  }

  /** What planes name together is reached once. */
  private Framebuffer.Part reach(
      FramebufferRequest request,
      PixelFormat format,
      int plane,
      IdentityHashMap<FramebufferMemory.Source, FramebufferMemory> reached) {
    FramebufferRequest.Part part = request.planes().get(plane);
    PlaneShape shape = format.planeShapes().get(plane);
    int rows = rows(request, shape);
    int rowBytes = rowBytes(request, shape);
    long end = part.offset() + part.pitch() * (rows - 1) + rowBytes;
    FramebufferMemory memory = reached.get(part.memory());
    if (memory == null) {
      memory = part.memory().open();
      reached.put(part.memory(), memory);
    }
    if (end > memory.size()) {
      throw refused(
          Errno.EINVAL,
          "a buffer of %d bytes for plane %d; %d bytes would work"
              .formatted(memory.size(), plane, end));
    }
    return new Framebuffer.Part(memory, part.offset(), part.pitch(), rowBytes, rows);
  }

  private static int rows(FramebufferRequest request, PlaneShape shape) {
    return Math.ceilDiv((int) request.height(), shape.vertical());
  }

  private static int rowBytes(FramebufferRequest request, PlaneShape shape) {
    return Math.ceilDiv((int) request.width(), shape.horizontal()) * shape.bytes();
  }

  private DmaBufException refused(Errno errno, String what) {
    return new DmaBufException(
        errno, "Display " + info.name() + " was to make a framebuffer with " + what);
  }
}
