package org.dmabuf.display.kms;

/**
 * What was read of the frames that a commit brought onto a screen.
 *
 * @param checksum of the samples as they were read ({@link org.dmabuf.memory.FrameChecksum}); of
 *     several planes, all of them combined; 0 when nothing was read
 * @param bytesRead bytes of samples; 0 when nothing was read
 */
public record Scan(int checksum, long bytesRead) {
  /** Nobody looked. */
  public static final Scan NONE = new Scan(0, 0);
}
