package org.dmabuf.benchmarks;

import java.util.SplittableRandom;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.memory.FrameView;
import org.dmabuf.pixel.Acceleration;
import org.dmabuf.pixel.PixelConverter;
import org.dmabuf.pixel.Surface;

/**
 * Frames of 1080p in the pages of the framework's pool: so many that none is in a cache any more
 * when its turn comes.
 */
final class Nv12Frames implements AutoCloseable {
  private static final int WIDTH = 1920;
  private static final int HEIGHT = 1080;

  /** Together more than 300 MB, beyond the last cache of any machine that this is run on. */
  private static final int FRAMES = 32;

  private static final int UNTIL_COMPILED = 150;

  private static final FrameLayout NV12 = FrameLayout.of(PixelFormat.NV12, WIDTH, HEIGHT, 64);

  /** What is made of it. */
  static final FrameLayout XRGB = FrameLayout.of(PixelFormat.XRGB8888, WIDTH, HEIGHT, 64);

  private final DmaBufCore core = DmaBufCore.create();
  private final DmaBufRegistry registry = core.open("bench");
  private final Surface[] sources = new Surface[FRAMES];
  private final Surface[] destinations = new Surface[FRAMES];
  private final PixelConverter converter;
  private int next;

  Nv12Frames(Acceleration acceleration) {
    converter = new PixelConverter(acceleration);
    byte[] samples = new byte[1 << 20];
    new SplittableRandom(1).nextBytes(samples);
    for (int i = 0; i < FRAMES; i++) {
      FrameView nv12 = view(registry, NV12);
      for (long at = 0; at < NV12.size(); at += samples.length) {
        nv12.write(at, samples, 0, (int) Math.min(samples.length, NV12.size() - at));
      }
      sources[i] = Surface.of(nv12, NV12);
      destinations[i] = Surface.of(filled(view(registry, XRGB)).converting(), XRGB);
    }
    // vectors are slow by far until they are compiled: that belongs to no measurement
    for (int i = 0; i < UNTIL_COMPILED; i++) {
      convert();
    }
  }

  private static FrameView view(DmaBufRegistry registry, FrameLayout layout) {
    return new FrameView(
        registry.allocate(layout.size(), registry.files().account()).table(true).segments(),
        registry.meter());
  }

  /** Its pages are there before anything is measured. */
  private static FrameView filled(FrameView view) {
    view.fill(0, view.size(), (byte) 1);
    return view;
  }

  /** Converts the frame whose turn it is. */
  void convert() {
    converter.convert(sources[next], destinations[next]);
    next = (next + 1) % FRAMES;
  }

  @Override
  public void close() {
    core.close();
  }
}
