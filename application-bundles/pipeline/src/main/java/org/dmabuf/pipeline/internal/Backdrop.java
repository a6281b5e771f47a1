package org.dmabuf.pipeline.internal;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
import org.dmabuf.display.kms.DisplayDevice;
import org.dmabuf.display.kms.Framebuffer;
import org.dmabuf.display.kms.KmsFile;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.Modifier;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.memory.FrameView;
import org.dmabuf.negotiation.BufferRequest;

/**
 * What is behind frames that do not fill the screen: one colour, or a gradient between two.
 *
 * @param top the colour of the uppermost row, {@code 0xRRGGBB}
 * @param bottom the colour of the lowest row, {@code 0xRRGGBB}
 */
record Backdrop(int top, int bottom) {
  private static final Pattern COLOURS =
      Pattern.compile("#([0-9a-fA-F]{6})(?:-#([0-9a-fA-F]{6}))?");
  private static final int HEX = 16;
  private static final int BLUE_BITS = 8;

  /**
   * Reads it.
   *
   * @param text such as {@code #203040}, or {@code #203040-#8090a0} from top to bottom
   * @throws DmaBufException EINVAL for anything else
   */
  static Backdrop parse(String text) {
    Matcher colours = COLOURS.matcher(text);
    if (!colours.matches()) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A background of '"
              + text
              + "' was asked; a colour such as #203040, or a gradient such as #203040-#8090a0,"
              + " would work");
    }
    int top = Integer.parseInt(colours.group(1), HEX);
    String last = colours.group(2);
    return new Backdrop(top, last == null ? top : Integer.parseInt(last, HEX));
  }

  /**
   * Paints it into a buffer of its own, which the display holds as long as the framebuffer is used.
   *
   * @param exporters the names of those that it may come from, one at least
   * @throws DmaBufException what the negotiation said; what the display or the exporter throws
   */
  Framebuffer paint(
      DmaBufRegistry registry,
      Set<String> exporters,
      DisplayDevice display,
      KmsFile file,
      int width,
      int height) {
    BufferRequest request =
        BufferRequest.frame(width, height, PixelFormat.XRGB8888)
            .withModifiers(Modifier.LINEAR)
            .from(exporters.toArray(String[]::new));
    try (Buffers one = Buffers.allocate(registry, request, 1, display)) {
      int fd = one.slots().getFirst().fd();
      paint(registry, fd, one.layout());
      return file.addFramebuffer(fd, one.layout(), OptionalLong.of(Modifier.LINEAR));
    }
  }

  private void paint(DmaBufRegistry registry, int fd, FrameLayout layout) {
    try (DmaBuf buffer = registry.get(fd);
        CpuMapping mapping = buffer.mmap(0, buffer.size(), true)) {
      buffer.beginCpuAccess(DmaDirection.TO_DEVICE);
      try {
        FrameView view = new FrameView(List.of(mapping.segment()), registry.meter());
        int[] row = new int[layout.width()];
        for (int y = 0; y < layout.height(); y++) {
          Arrays.fill(row, colour(y, layout.height()));
          view.write((long) y * layout.planes().getFirst().pitch(), row, 0, row.length);
        }
      } finally {
        buffer.endCpuAccess(DmaDirection.TO_DEVICE);
      }
    }
  }

  /** Returns the colour of a row, {@code 0xRRGGBB}. */
  int colour(int y, int rows) {
    int mixed = 0;
    for (int shift = 2 * BLUE_BITS; shift >= 0; shift -= BLUE_BITS) {
      int from = top >> shift & 0xff;
      int to = bottom >> shift & 0xff;
      int between = rows < 2 ? from : from + (to - from) * y / (rows - 1);
      mixed |= between << shift;
    }
    return mixed;
  }
}
