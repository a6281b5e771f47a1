package org.dmabuf.display.uapi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;
import org.dmabuf.Errno;
import org.dmabuf.display.kms.KmsEvent;
import org.dmabuf.display.kms.KmsFile;

/**
 * Events as programs read them.
 *
 * <pre>
 *   0 type u32 (1 vblank, 2 flip complete) | 4 length u32 = 32 | 8 user_data u64
 *   16 tv_sec u32 | 20 tv_usec u32 | 24 sequence u32 | 28 crtc_id u32
 * </pre>
 *
 * <p>Kernel counterpart: {@code struct drm_event_vblank}, {@code drm_read()}.
 */
final class EventBytes {
  static final int BYTES = 32;
  static final int USER_DATA = 8;
  static final int SECONDS = 16;
  static final int MICROS = 20;
  static final int SEQUENCE = 24;
  static final int CRTC = 28;
  static final int FLIP_COMPLETE = 2;

  private static final int VBLANK = 1;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final long MICRO = 1_000;
  private static final long SECOND = 1_000_000_000;

  private EventBytes() {}

  static long read(KmsNode node, KmsFile file, MemorySegment to) {
    long done = 0;
    while (to.byteSize() - done >= BYTES) {
      Optional<KmsEvent> event = file.nextEvent();
      if (event.isEmpty()) {
        break;
      }
      write(to.asSlice(done, BYTES), event.get());
      done += BYTES;
    }
    if (done == 0 && !file.hasEvent()) {
      throw node.refused(
          Errno.EAGAIN, "was read when there was no event; poll tells when there is");
    }
    return done;
  }

  private static void write(MemorySegment to, KmsEvent event) {
    to.set(INT, 0, event.kind() == KmsEvent.Kind.VBLANK ? VBLANK : FLIP_COMPLETE);
    to.set(INT, 4, BYTES);
    to.set(LONG, USER_DATA, event.cookie());
    to.set(INT, SECONDS, (int) (event.timeNanos() / SECOND));
    to.set(INT, MICROS, (int) (event.timeNanos() % SECOND / MICRO));
    to.set(INT, SEQUENCE, (int) event.sequence());
    to.set(INT, CRTC, event.crtc().id());
  }
}
