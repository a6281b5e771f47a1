package org.dmabuf.file;

/**
 * How the number of an ioctl is packed.
 *
 * <pre>
 *   31 30 | 29 ......... 16 | 15 ..... 8 | 7 ...... 0
 *    dir  |  bytes of the   |   type,    |   number
 *         |  structure      |  a letter  |
 * </pre>
 *
 * <p>Kernel counterpart: {@code asm-generic/ioctl.h}.
 */
public final class Ioctl {
  /** The largest structure that a number can name, in bytes. */
  public static final int MOST_BYTES = (1 << 14) - 1;

  private static final int WRITE = 1;
  private static final int READ = 2;

  private Ioctl() {}

  /** Returns the number of a request without a structure. Counterpart: {@code _IO}. */
  public static int none(char type, int number) {
    return packed(0, type, number, 0);
  }

  /** Returns the number of a request that fills a structure. Counterpart: {@code _IOR}. */
  public static int read(char type, int number, int bytes) {
    return packed(READ, type, number, bytes);
  }

  /** Returns the number of a request that takes a structure. Counterpart: {@code _IOW}. */
  public static int write(char type, int number, int bytes) {
    return packed(WRITE, type, number, bytes);
  }

  /**
   * Returns the number of a request that takes a structure and fills it. Counterpart: {@code
   * _IOWR}.
   */
  public static int readWrite(char type, int number, int bytes) {
    return packed(READ | WRITE, type, number, bytes);
  }

  /** Returns the letter of a request's kind. */
  public static char type(int request) {
    return (char) (request >>> 8 & 0xff);
  }

  /** Returns the number within its type, 0 to 255. */
  public static int number(int request) {
    return request & 0xff;
  }

  /** Returns the bytes of the structure that the caller has, 0 to {@link #MOST_BYTES}. */
  public static int bytes(int request) {
    return request >>> 16 & MOST_BYTES;
  }

  /** Returns whether the caller gives a structure that is read. */
  public static boolean takes(int request) {
    return (request >>> 30 & WRITE) != 0;
  }

  /** Returns whether the caller gets a structure that is filled. */
  public static boolean fills(int request) {
    return (request >>> 30 & READ) != 0;
  }

  private static int packed(int direction, char type, int number, int bytes) {
    if (type > 0xff || number < 0 || number > 0xff || bytes < 0 || bytes > MOST_BYTES) {
      throw new IllegalArgumentException(
          "No ioctl can be made of type " + type + ", number " + number + " and " + bytes);
    }
    return direction << 30 | bytes << 16 | type << 8 | number;
  }
}
