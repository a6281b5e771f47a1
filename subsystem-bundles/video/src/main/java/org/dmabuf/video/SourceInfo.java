package org.dmabuf.video;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.dmabuf.format.PixelFormat;

/**
 * What a frame source delivers.
 *
 * @param name the source's name, never null; for a file that was only looked at, its location
 * @param format the format of its frames: its own, or the one that was requested; never null
 * @param width in pixels, 16 to 8192
 * @param height in pixels, 16 to 8192
 * @param rateNumerator frames, at least 1
 * @param rateDenominator in so many seconds, at least 1: 30000/1001 is NTSC's rate
 * @param frames how many there are from the beginning to the end; empty when it is not known (a
 *     stream) or when there is no end (a pattern, a loop)
 * @param live whether frames that nobody takes in time are dropped
 * @param y4mHeader the first line of a Y4M file without its newline, when the frames are delivered
 *     byte for byte as they are in the file; empty otherwise
 */
public record SourceInfo(
    String name,
    PixelFormat format,
    int width,
    int height,
    int rateNumerator,
    int rateDenominator,
    OptionalLong frames,
    boolean live,
    Optional<String> y4mHeader) {

  /** Checks that nothing is null. */
  public SourceInfo {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(frames, "frames");
    Objects.requireNonNull(y4mHeader, "y4mHeader");
  }
}
