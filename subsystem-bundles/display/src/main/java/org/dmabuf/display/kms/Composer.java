package org.dmabuf.display.kms;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntFunction;
import org.dmabuf.display.Mode;
import org.dmabuf.display.Picture;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.Transfer;
import org.dmabuf.pixel.Compositor;
import org.dmabuf.pixel.Crop;
import org.dmabuf.pixel.Layer;
import org.dmabuf.pixel.Region;
import org.dmabuf.pixel.Sampling;
import org.dmabuf.pixel.ScreenChecksum;
import org.dmabuf.pixel.Surface;
import org.dmabuf.pixel.SurfacePlane;

/**
 * Makes one picture of a scene's planes, over black. Kernel counterpart: {@code vkms_composer.c}.
 */
final class Composer {
  private static final int BLACK = 0;

  private Composer() {}

  /** Returns the picture as colours. */
  static Picture picture(Scene scene) {
    Mode mode = scene.mode();
    int[] argb = new int[mode.width() * mode.height()];
    new Compositor()
        .compose(
            layers(scene, Transfer.VERIFIED),
            BLACK,
            mode.width(),
            mode.height(),
            (y, row, width) -> {
              for (int x = 0; x < width; x++) {
                argb[y * width + x] = row[x];
              }
            });
    return new Picture(mode.width(), mode.height(), argb);
  }

  /** Returns the checksum of the picture. */
  static long checksum(Scene scene) {
    ScreenChecksum checksum = new ScreenChecksum();
    new Compositor()
        .compose(
            layers(scene, Transfer.VERIFIED),
            BLACK,
            scene.mode().width(),
            scene.mode().height(),
            checksum);
    return Integer.toUnsignedLong(checksum.value());
  }

  /** Writes the picture into a framebuffer of its size. */
  static void compose(Scene scene, Framebuffer into) {
    new Compositor().compose(layers(scene, Transfer.READ), BLACK, target(into));
  }

  private static List<Layer> layers(Scene scene, Transfer kind) {
    Rect screen = new Rect(0, 0, scene.mode().width(), scene.mode().height());
    return scene.layers().stream()
        .map(plane -> layer(plane, screen, kind))
        .filter(Objects::nonNull)
        .toList();
  }

  /** Returns a plane as a layer; null when nothing of it is on the screen. */
  private static Layer layer(PlaneState plane, Rect screen, Transfer kind) {
    Rect to = plane.destination();
    if (to.intersection(screen).isEmpty()) {
      return null;
    }
    Surface surface = surface(plane.framebuffer().orElseThrow(), kind).with(plane.colors().space());
    Rect from = plane.source();
    Crop crop =
        new Crop(
            Integer.toUnsignedLong(from.x()),
            Integer.toUnsignedLong(from.y()),
            from.width(),
            from.height());
    return new Layer(
        surface,
        new Sampling(crop, plane.colors().orientation(), plane.colors().filter()),
        new Region(to.x(), to.y(), (int) to.width(), (int) to.height()),
        plane.blending().alpha(),
        plane.blending().mode());
  }

  private static Surface surface(Framebuffer framebuffer, Transfer kind) {
    return surface(framebuffer, index -> framebuffer.view(index).as(kind));
  }

  private static Surface target(Framebuffer framebuffer) {
    return surface(framebuffer, framebuffer::target);
  }

  private static Surface surface(Framebuffer framebuffer, IntFunction<FrameView> views) {
    List<SurfacePlane> planes = new ArrayList<>();
    for (int i = 0; i < framebuffer.parts().size(); i++) {
      Framebuffer.Part part = framebuffer.parts().get(i);
      planes.add(new SurfacePlane(views.apply(i), part.offset(), Math.toIntExact(part.pitch())));
    }
    return Surface.of(framebuffer.format(), framebuffer.width(), framebuffer.height(), planes);
  }
}
