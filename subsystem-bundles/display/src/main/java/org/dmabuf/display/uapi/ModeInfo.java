package org.dmabuf.display.uapi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.dmabuf.display.Mode;

/**
 * A mode as programs have it.
 *
 * <pre>
 *   0 clock u32 (kHz) | 4 hdisplay u16, hsync_start, hsync_end, htotal, hskew
 *   14 vdisplay u16, vsync_start, vsync_end, vtotal, vscan | 24 vrefresh u32 | 28 flags u32
 *   32 type u32 | 36 name, 32 bytes
 * </pre>
 *
 * <p>The refresh rate is the clock divided by both totals, in 1/1000 Hz. So that every rate can be
 * told, the totals are chosen by us: their product is a multiple of 1000 times 1000 where the sides
 * allow it. Kernel counterpart: {@code struct drm_mode_modeinfo}.
 */
final class ModeInfo {
  static final int BYTES = 68;

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final int HDISPLAY = 4;
  private static final int HTOTAL = 10;
  private static final int VDISPLAY = 14;
  private static final int VTOTAL = 20;
  private static final int VREFRESH = 24;
  private static final int TYPE = 32;
  private static final int NAME = 36;
  private static final int NAME_BYTES = 32;
  private static final int PREFERRED = 1 << 3;
  private static final int DRIVER = 1 << 6;
  private static final int ROUND = 1000;

  private ModeInfo() {}

  /** Writes a mode. */
  static void write(MemorySegment to, Mode mode, boolean preferred) {
    int htotal = Math.ceilDiv(mode.width() + 1, ROUND) * ROUND;
    int vtotal = Math.ceilDiv(mode.height() + 1, ROUND) * ROUND;
    long clock = (long) htotal * vtotal / ROUND * mode.refreshMilliHz() / ROUND;
    to.set(INT, 0, (int) clock);
    setTiming(to, HDISPLAY, mode.width(), htotal);
    setTiming(to, VDISPLAY, mode.height(), vtotal);
    to.set(INT, VREFRESH, Math.ceilDiv(2 * mode.refreshMilliHz() - ROUND, 2 * ROUND));
    to.set(INT, TYPE, DRIVER | (preferred ? PREFERRED : 0));
    byte[] name = (mode.width() + "x" + mode.height()).getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < name.length && i < NAME_BYTES - 1; i++) {
      to.set(ValueLayout.JAVA_BYTE, NAME + (long) i, name[i]);
    }
  }

  private static void setTiming(MemorySegment to, long at, int visible, int total) {
    to.set(SHORT, at, (short) visible);
    to.set(SHORT, at + 2, (short) visible);
    to.set(SHORT, at + 4, (short) total);
    to.set(SHORT, at + 6, (short) total);
  }

  /** Reads a mode; one without totals has a rate of 0, which no CRTC takes. */
  static Mode read(MemorySegment from) {
    int width = Short.toUnsignedInt(from.get(SHORT, HDISPLAY));
    int height = Short.toUnsignedInt(from.get(SHORT, VDISPLAY));
    long frame =
        (long) Short.toUnsignedInt(from.get(SHORT, HTOTAL))
            * Short.toUnsignedInt(from.get(SHORT, VTOTAL));
    long clock = Integer.toUnsignedLong(from.get(INT, 0));
    long rate = frame == 0 ? 0 : (clock * ROUND * ROUND + frame / 2) / frame;
    return new Mode(width, height, (int) Math.min(rate, Integer.MAX_VALUE));
  }

  /** Returns a mode as bytes. */
  static byte[] bytes(Mode mode) {
    byte[] bytes = new byte[BYTES];
    write(MemorySegment.ofArray(bytes), mode, true);
    return bytes;
  }
}
