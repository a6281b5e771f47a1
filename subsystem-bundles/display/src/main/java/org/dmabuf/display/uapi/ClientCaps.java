package org.dmabuf.display.uapi;

import org.dmabuf.Errno;
import org.dmabuf.display.kms.KmsInfo.Feature;

/**
 * What a program says that it understands, and what the device tells that it can.
 *
 * <pre>
 *   GET_CAP, SET_CLIENT_CAP   0 capability u64 | 8 value u64
 *   atomic  implies universal planes          writeback  needs atomic
 * </pre>
 *
 * <p>Thread-safe. Kernel counterpart: {@code drm_getcap()} and {@code drm_setclientcap()}.
 */
final class ClientCaps {
  private static final int UNIVERSAL_PLANES = 2;
  private static final int ATOMIC = 3;
  private static final int ASPECT_RATIO = 4;
  private static final int WRITEBACK = 5;
  private static final int VALUE = 8;

  private volatile boolean planes;
  private volatile boolean atomic;
  private volatile boolean writeback;

  void set(KmsRequest request) {
    long value = request.getLong(VALUE);
    long capability = request.getLong(0);
    boolean known =
        capability >= UNIVERSAL_PLANES && capability <= WRITEBACK && (value == 0 || value == 1);
    if (!known || (capability == WRITEBACK && !atomic)) {
      throw request
          .node()
          .refused(
              Errno.EINVAL,
              "was told capability "
                  + capability
                  + " of "
                  + value
                  + "; 2 to 5 of 0 or 1 would work, 5 (writeback) after 3 (atomic)");
    }
    boolean on = value == 1;
    switch ((int) capability) {
      case UNIVERSAL_PLANES -> planes = on;
      case ATOMIC -> {
        atomic = on;
        planes = on;
      }
      case ASPECT_RATIO -> {
        // Modes here have no aspect ratio to be told or not.
      }
      default -> writeback = on;
    }
  }

  boolean planes() {
    return planes;
  }

  boolean atomic() {
    return atomic;
  }

  boolean writeback() {
    return writeback;
  }

  /** Tells what the device can; EINVAL for a number that has no meaning. */
  static void get(KmsRequest request) {
    long value =
        switch (Math.clamp(request.getLong(0), 0, 0x20)) {
          case 0x1 -> 1; // dumb buffers
          case 0x2 -> 0; // CRTCs beyond the second in old vblank waits are in the type's bits
          case 0x5 -> 3; // PRIME, both ways
          case 0x6 -> 1; // monotonic times
          case 0x7, 0x15 -> async(request);
          case 0x8, 0x9 -> 64; // the cursor's size
          case 0x10 -> 1; // modifiers
          case 0x12 -> 1; // events tell their CRTC
          case 0x13, 0x14 -> 0; // sync objects
          default ->
              throw request
                  .node()
                  .refused(
                      Errno.EINVAL,
                      "was asked for capability 0x" + Long.toHexString(request.getLong(0)));
        };
    request.struct().setLong(VALUE, value);
  }

  /** Whether flips may come without a vblank, by PAGE_FLIP and by ATOMIC alike. */
  private static long async(KmsRequest request) {
    return request.node().device().info().features().contains(Feature.ASYNC_FLIP) ? 1 : 0;
  }
}
