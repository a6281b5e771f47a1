package org.dmabuf.format;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Four-character codes: four ASCII characters in one integer, the first in the lowest byte.
 *
 * <pre>
 *   'N' 'V' '1' '2'   =   bits 0-7  8-15  16-23  24-31
 * </pre>
 *
 * <p>Kernel counterpart: {@code v4l2_fourcc()} and {@code fourcc_code()}.
 */
public final class Fourcc {
  private static final int LENGTH = 4;

  private Fourcc() {}

  /**
   * Packs a code; a shorter one is filled up with blanks, as DRM does with {@code "R8 "}.
   *
   * @param text one to four printable ASCII characters, never null
   * @return the code
   * @throws DmaBufException EINVAL when the text is empty, longer or not printable ASCII
   */
  public static int of(String text) {
    if (text.isEmpty() || text.length() > LENGTH) {
      throw invalid(text);
    }
    int code = 0;
    for (int i = 0; i < LENGTH; i++) {
      char c = i < text.length() ? text.charAt(i) : ' ';
      if (c < ' ' || c > '~') {
        throw invalid(text);
      }
      code |= c << (8 * i);
    }
    return code;
  }

  /**
   * Spells a code out without the blanks at its end; a byte that is not printable becomes {@code
   * '?'}.
   *
   * @param code any integer
   * @return up to four characters, never null
   */
  public static String text(int code) {
    StringBuilder text = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      int c = code >>> (8 * i) & 0xff;
      text.append(c < ' ' || c > '~' ? '?' : (char) c);
    }
    return text.toString().stripTrailing();
  }

  private static DmaBufException invalid(String text) {
    return new DmaBufException(
        Errno.EINVAL,
        "'" + text + "' is no four-character code; one to four printable ASCII characters are");
  }
}
