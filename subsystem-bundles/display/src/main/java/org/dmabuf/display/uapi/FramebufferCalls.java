package org.dmabuf.display.uapi;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.kms.Framebuffer;
import org.dmabuf.display.kms.FramebufferMemory;
import org.dmabuf.display.kms.FramebufferRequest;
import org.dmabuf.format.Modifier;

/**
 * Framebuffers.
 *
 * <pre>
 *   ADDFB2    0 fb_id u32 | 4 width u32 | 8 height u32 | 12 pixel_format u32 | 16 flags u32
 *             | 20 handles u32[4] | 36 pitches u32[4] | 52 offsets u32[4] | 72 modifier u64[4]
 *   GETFB2    alike; handles are given to the master only, others get 0
 *   RMFB      0 fb_id u32
 *   CLOSEFB   0 fb_id u32 | 4 pad u32
 * </pre>
 *
 * <p>Kernel counterpart: {@code drm_framebuffer.c}.
 */
final class FramebufferCalls {
  static final int ADD_BYTES = 104;
  static final int CLOSE_BYTES = 8;
  static final int WIDTH = 4;
  static final int HEIGHT = 8;
  static final int FORMAT = 12;
  static final int FLAGS = 16;
  static final int HANDLES = 20;
  static final int PITCHES = 36;
  static final int OFFSETS = 52;
  static final int MODIFIERS = 72;
  static final int PLANES = 4;

  /** Flag: the modifiers have a meaning. */
  static final int MODIFIERS_FLAG = 1 << 1;

  private static final int PAD = 4;

  private FramebufferCalls() {}

  static void add(KmsRequest request) {
    int flags = request.getInt(FLAGS);
    if ((flags & ~MODIFIERS_FLAG) != 0) {
      throw refused(request, "flags 0x" + Integer.toHexString(flags) + "; MODIFIERS (2)");
    }
    checkModifiers(request, flags);
    List<FramebufferRequest.Part> parts = new ArrayList<>();
    for (int i = 0; i < PLANES; i++) {
      long at = (long) i * Integer.BYTES;
      parts.add(
          new FramebufferRequest.Part(
              new Handle(request, request.getInt(HANDLES + at)),
              request.getUnsigned(PITCHES + at),
              request.getUnsigned(OFFSETS + at)));
    }
    FramebufferRequest wanted =
        new FramebufferRequest(
            request.getUnsigned(WIDTH),
            request.getUnsigned(HEIGHT),
            request.getInt(FORMAT),
            parts,
            flags == 0 ? OptionalLong.empty() : OptionalLong.of(request.getLong(MODIFIERS)));
    request.setInt(0, 0); // who cannot be told the number gets none
    request.setInt(0, request.kms().addFramebuffer(wanted).id());
  }

  /** Without the flag there may be none, with it only the same for each buffer that is named. */
  private static void checkModifiers(KmsRequest request, int flags) {
    for (int i = 0; i < PLANES; i++) {
      long modifier = request.getLong(MODIFIERS + (long) i * Long.BYTES);
      boolean named = request.getInt(HANDLES + (long) i * Integer.BYTES) != 0;
      boolean none = flags == 0 || !named;
      boolean fits = modifier == (none ? 0 : request.getLong(MODIFIERS));
      if (!fits) {
        throw refused(
            request,
            "modifier 0x" + Long.toHexString(modifier) + " of plane " + i + "; one for all");
      }
    }
  }

  static void get(KmsRequest request) {
    int id = request.getInt(0);
    Framebuffer found =
        request
            .kms()
            .framebuffer(id)
            .orElseThrow(
                () ->
                    request
                        .node()
                        .refused(
                            Errno.ENOENT,
                            "was asked for framebuffer "
                                + Integer.toUnsignedString(id)
                                + "; there is none of that number"));
    boolean master = request.kms().isMaster();
    request.setInt(WIDTH, found.width());
    request.setInt(HEIGHT, found.height());
    request.setInt(FORMAT, found.format().drmFourcc());
    request.setInt(FLAGS, MODIFIERS_FLAG);
    for (int i = 0; i < PLANES; i++) {
      long at = (long) i * Integer.BYTES;
      boolean used = i < found.parts().size();
      request.setInt(PITCHES + at, used ? (int) found.parts().get(i).pitch() : 0);
      request.setInt(OFFSETS + at, used ? (int) found.parts().get(i).offset() : 0);
      request.struct().setLong(MODIFIERS + (long) i * Long.BYTES, Modifier.LINEAR);
      request.setInt(HANDLES + at, 0); // who cannot be told the number gets none
      if (used && master) {
        request.setInt(HANDLES + at, request.buffers().handleOf(found.parts().get(i).memory()));
      }
    }
  }

  static void remove(KmsRequest request) {
    request.kms().removeFramebuffer(request.getInt(0));
  }

  static void close(KmsRequest request) {
    if (request.getInt(PAD) != 0) {
      throw refused(request, "pad " + request.getInt(PAD) + "; 0");
    }
    request.kms().closeFramebuffer(request.getInt(0));
  }

  private record Handle(KmsRequest request, int number) implements FramebufferMemory.Source {
    @Override
    public boolean isNone() {
      return number == 0;
    }

    @Override
    public FramebufferMemory open() {
      return request.buffers().open(number);
    }
  }

  private static DmaBufException refused(KmsRequest request, String what) {
    return request
        .node()
        .refused(Errno.EINVAL, "was given a framebuffer with " + what + " would work");
  }
}
