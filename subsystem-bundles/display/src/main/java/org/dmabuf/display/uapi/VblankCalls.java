package org.dmabuf.display.uapi;

import java.util.List;
import org.dmabuf.Errno;
import org.dmabuf.display.kms.Crtc;
import org.dmabuf.display.kms.VblankTime;

/**
 * Waits for vblanks.
 *
 * <pre>
 *   asked     0 type u32 | 4 sequence u32 | 8 signal u64
 *   answered  0 type u32 | 4 sequence u32 | 8 tval_sec s64 | 16 tval_usec s64
 *
 *   type   bit 0 relative, 0x3e the CRTC's index, bit 26 event, bit 28 next on miss
 * </pre>
 *
 * <p>Kernel counterpart: {@code drm_wait_vblank_ioctl()}.
 */
final class VblankCalls {
  static final int BYTES = 24;
  static final int RELATIVE = 1;
  static final int EVENT = 0x0400_0000;

  private static final int NEXT_ON_MISS = 0x1000_0000;
  private static final int CRTC = 0x3e;
  private static final int CRTC_SHIFT = 1;
  private static final int SEQUENCE = 4;
  private static final int SIGNAL = 8;
  private static final int MICROS = 16;
  private static final long SECOND = 1_000_000_000;
  private static final long MICRO = 1_000;

  private VblankCalls() {}

  static void await(KmsRequest request) {
    int type = request.getInt(0);
    List<Crtc> crtcs = request.node().device().crtcs();
    int index = (type & CRTC) >> CRTC_SHIFT;
    if ((type & ~(RELATIVE | EVENT | NEXT_ON_MISS | CRTC)) != 0 || index >= crtcs.size()) {
      throw request
          .node()
          .refused(
              Errno.EINVAL,
              "was asked for a vblank by type 0x"
                  + Integer.toHexString(type)
                  + "; RELATIVE (1), EVENT and NEXT_ON_MISS, with one of "
                  + crtcs.size()
                  + " CRTCs, would work");
    }
    Crtc crtc = crtcs.get(index);
    VblankTime last = request.kms().lastVblank(crtc);
    long target = target(request, type, last.sequence());
    if ((type & EVENT) != 0) {
      request.kms().requestVblank(crtc, target, request.getLong(SIGNAL));
      answer(request, type, new VblankTime(target, 0));
    } else {
      answer(request, type, request.kms().awaitVblank(crtc, target));
    }
  }

  private static long target(KmsRequest request, int type, long last) {
    int asked = request.getInt(SEQUENCE);
    if ((type & RELATIVE) != 0) {
      return last + Integer.toUnsignedLong(asked);
    }
    // The program has the low 32 bits only; what is less than half way ahead is yet to come.
    long target = last + (asked - (int) last);
    return (type & NEXT_ON_MISS) != 0 && target <= last ? last + 1 : target;
  }

  private static void answer(KmsRequest request, int type, VblankTime time) {
    request.setInt(0, type & ~RELATIVE);
    request.setInt(SEQUENCE, (int) time.sequence());
    request.struct().setLong(SIGNAL, time.timeNanos() / SECOND);
    request.struct().setLong(MICROS, time.timeNanos() % SECOND / MICRO);
  }
}
