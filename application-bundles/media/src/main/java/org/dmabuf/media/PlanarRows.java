package org.dmabuf.media;

import java.util.Arrays;
import java.util.List;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.FrameLayout.Plane;
import org.dmabuf.format.PlaneShape;

/**
 * The rows of a frame with one plane for luma and none or two for chroma (YUV420, YUV422, YUV444,
 * GREY), without padding, in an array.
 */
final class PlanarRows implements PixelRows {
  private static final byte NO_COLOUR = (byte) 128;

  private final byte[] data;
  private final FrameLayout layout;
  private final Colours colours;
  private final byte[] y;
  private final byte[] u;
  private final byte[] v;

  PlanarRows(byte[] data, FrameLayout layout, Colours colours) {
    this.data = data;
    this.layout = layout;
    this.colours = colours;
    this.y = new byte[layout.width()];
    this.u = new byte[layout.width()];
    this.v = new byte[layout.width()];
  }

  @Override
  public int width() {
    return layout.width();
  }

  @Override
  public int height() {
    return layout.height();
  }

  @Override
  public void yuv(int row, byte[] luma, byte[] blue, byte[] red) {
    plane(0, row, luma);
    plane(1, row, blue);
    plane(2, row, red);
  }

  private void plane(int index, int row, byte[] to) {
    List<Plane> planes = layout.planes();
    if (index >= planes.size()) {
      Arrays.fill(to, 0, width(), NO_COLOUR);
      return;
    }
    Plane plane = planes.get(index);
    PlaneShape shape = layout.format().planeShapes().get(index);
    int base = Math.toIntExact(plane.offset() + (long) plane.pitch() * (row / shape.vertical()));
    int shift = shape.horizontal() - 1;
    for (int x = 0; x < width(); x++) {
      to[x] = data[base + (x >> shift)];
    }
  }

  @Override
  public void argb(int row, int[] pixels) {
    yuv(row, y, u, v);
    for (int x = 0; x < width(); x++) {
      pixels[x] = colours.argb(y[x] & 0xff, u[x] & 0xff, v[x] & 0xff);
    }
  }
}
