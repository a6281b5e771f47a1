package org.dmabuf.display;

import java.util.List;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.Transfer;
import org.dmabuf.pixel.BlendMode;
import org.dmabuf.pixel.Compositor;
import org.dmabuf.pixel.Crop;
import org.dmabuf.pixel.Layer;
import org.dmabuf.pixel.Region;
import org.dmabuf.pixel.Sampling;
import org.dmabuf.pixel.Surface;

/**
 * What a frame looks like on the screen: as one opaque layer in the default colour space, over
 * black. Its samples are read as {@link Transfer#VERIFIED}.
 */
final class RgbConverter {
  private RgbConverter() {}

  /**
   * Converts the upper left part of a frame.
   *
   * @param view where the frame lies
   * @param layout how it lies there, at least as large as the picture
   * @param width of the picture in pixels
   * @param height of the picture in rows
   */
  static Picture convert(FrameView view, FrameLayout layout, int width, int height) {
    Surface surface = Surface.of(view.as(Transfer.VERIFIED), layout);
    Region screen = new Region(0, 0, width, height);
    Sampling part = Sampling.whole(surface).with(Crop.of(screen));
    Layer layer = new Layer(surface, part, screen, Layer.OPAQUE, BlendMode.PREMULTIPLIED);
    int[] argb = new int[width * height];
    new Compositor()
        .compose(
            List.of(layer),
            0,
            width,
            height,
            (y, row, columns) -> {
              for (int x = 0; x < columns; x++) {
                argb[y * columns + x] = row[x];
              }
            });
    return new Picture(width, height, argb);
  }
}
