package org.dmabuf.pixel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.format.PixelFormat;
import org.junit.jupiter.api.Test;

/** Screens of random layers, pixel by pixel against {@link Reference}. */
final class CompositorTest {
  private final Compositor compositor = new Compositor(Acceleration.SCALAR);

  @Test
  void randomScreensShouldBeExact() {
    for (int seed = 0; seed < 300; seed++) {
      RandomGenerator random = new SplittableRandom(seed);
      try (Arena arena = Arena.ofConfined()) {
        int width = 1 + random.nextInt(20);
        int height = 1 + random.nextInt(12);
        int background = random.nextInt(1 << 24);
        List<TestPicture> pictures = new ArrayList<>();
        List<Layer> layers = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          TestPicture picture = picture(arena, random);
          pictures.add(picture);
          layers.add(layer(random, picture, width, height));
        }
        int[][][] expected = expected(pictures, layers, background, width, height);
        shouldBeSeen(layers, background, expected, seed);
        shouldBeWrittenBack(arena, random, layers, background, expected, seed);
      }
    }
  }

  private void shouldBeSeen(List<Layer> layers, int background, int[][][] expected, int seed) {
    int width = expected[0].length;
    List<Integer> rows = new ArrayList<>();
    compositor.compose(
        layers,
        background,
        width,
        expected.length,
        (y, argb, columns) -> {
          rows.add(y);
          assertThat(columns).isEqualTo(width);
          for (int x = 0; x < width; x++) {
            int[] c = Reference.each(expected[y][x], v -> Reference.nearest(v, 257));
            assertThat(Integer.toHexString(argb[x]))
                .as("seed %d at %d,%d of %s", seed, x, y, layers)
                .isEqualTo(Integer.toHexString(0xff00_0000 | c[1] << 16 | c[2] << 8 | c[3]));
          }
        });
    assertThat(rows).hasSize(expected.length).isSorted();
  }

  private void shouldBeWrittenBack(
      Arena arena,
      RandomGenerator random,
      List<Layer> layers,
      int background,
      int[][][] expected,
      int seed) {
    PixelFormat[] formats = PixelFormat.values();
    PixelFormat format = formats[random.nextInt(formats.length)];
    ColorSpace space = PixelConverterTest.space(random);
    int width = expected[0].length;
    TestPicture written = TestPicture.random(arena, random, format, width, expected.length, space);
    boolean wide = Reference.isWide(format);
    int[][][] stored = new int[expected.length][width][];
    for (int y = 0; y < expected.length; y++) {
      for (int x = 0; x < width; x++) {
        int[] colour = expected[y][x];
        if (!wide) {
          colour = Reference.each(colour, v -> Reference.nearest(v, 257));
        }
        stored[y][x] = format.isRgb() ? colour : Reference.fromRgb(colour, space);
      }
    }
    byte[] bytes = Reference.store(stored, written, Region.of(written.surface()));
    compositor.compose(layers, background, written.surface());
    written.shouldBe(bytes, "seed " + seed + ", " + layers);
  }

  private static TestPicture picture(Arena arena, RandomGenerator random) {
    PixelFormat[] formats = PixelFormat.values();
    PixelFormat format =
        random.nextBoolean()
            ? formats[random.nextInt(formats.length)]
            : random.nextBoolean() ? PixelFormat.ARGB8888 : PixelFormat.ARGB16161616;
    return TestPicture.random(
        arena,
        random,
        format,
        1 + random.nextInt(12),
        1 + random.nextInt(12),
        PixelConverterTest.space(random));
  }

  private static Layer layer(RandomGenerator random, TestPicture of, int width, int height) {
    BlendMode[] modes = BlendMode.values();
    boolean plain = random.nextBoolean();
    Region place =
        new Region(
            random.nextInt(width + 8) - 6,
            random.nextInt(height + 8) - 6,
            plain ? of.width : 1 + random.nextInt(16),
            plain ? of.height : 1 + random.nextInt(16));
    int[] alphas = {0, 1, 0x8000, 0xfffe, 0xffff, 0xffff, 0xffff, random.nextInt(0x10000)};
    return new Layer(
        of.surface(),
        plain ? Sampling.whole(of.surface()) : PixelConverterTest.sampling(random, of),
        place,
        alphas[random.nextInt(alphas.length)],
        modes[random.nextInt(modes.length)]);
  }

  /** Colours of 16 bits. */
  private static int[][][] expected(
      List<TestPicture> pictures, List<Layer> layers, int background, int width, int height) {
    int[][][] screen = new int[height][width][];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        screen[y][x] =
            new int[] {
              65_535,
              (background >> 16) * 257,
              (background >> 8 & 0xff) * 257,
              (background & 0xff) * 257
            };
      }
    }
    for (int i = 0; i < layers.size(); i++) {
      lay(pictures.get(i), layers.get(i), screen);
    }
    return screen;
  }

  private static void lay(TestPicture picture, Layer layer, int[][][] screen) {
    Reference.Colours read =
        (x, y) -> {
          int[] samples = picture.samples(x, y);
          if (Reference.isWide(picture.format)) {
            return samples;
          }
          int[] rgb =
              picture.format.isRgb()
                  ? samples
                  : Reference.toRgb(samples, layer.surface().colorSpace());
          return Reference.each(rgb, v -> v * 257);
        };
    Region place = layer.place();
    Reference.Colours sampled =
        Reference.sample(read, layer.sampling(), place.width(), place.height());
    for (int y = 0; y < screen.length; y++) {
      for (int x = 0; x < screen[y].length; x++) {
        int u = x - place.x();
        int v = y - place.y();
        if (u >= 0 && v >= 0 && u < place.width() && v < place.height()) {
          int[] over = sampled.at(u, v);
          for (int part = 1; part < 4; part++) {
            screen[y][x][part] =
                Reference.blend(
                    over[part], over[0], screen[y][x][part], layer.alpha(), layer.blendMode());
          }
        }
      }
    }
  }

  @Test
  void picturesOfTheSameColoursShouldHaveTheSameChecksum() {
    RandomGenerator random = new SplittableRandom(5);
    try (Arena arena = Arena.ofConfined()) {
      TestPicture rgb =
          TestPicture.random(arena, random, PixelFormat.RGB24, 19, 7, ColorSpace.DEFAULT);
      int first = checksum(rgb);
      for (PixelFormat format : PixelFormat.values()) {
        if (format.isRgb() && format != PixelFormat.RGB565) {
          TestPicture other = TestPicture.random(arena, random, format, 19, 7, ColorSpace.DEFAULT);
          assertThat(checksum(other)).as("other colours").isNotEqualTo(first);
          new PixelConverter(Acceleration.SCALAR).convert(rgb.surface(), other.surface());
          assertThat(checksum(other)).as(format.name()).isEqualTo(first);
        }
      }
    }
  }

  private int checksum(TestPicture picture) {
    ScreenChecksum checksum = new ScreenChecksum();
    checksum.row(0, new int[] {1, 2, 3}, 3);
    checksum.reset();
    compositor.compose(
        List.of(Layer.of(picture.surface())), 0, picture.width, picture.height, checksum);
    return checksum.value();
  }

  @Test
  void layersThatCannotBeShouldBeRefused() {
    RandomGenerator random = new SplittableRandom(6);
    try (Arena arena = Arena.ofConfined()) {
      Surface surface =
          TestPicture.random(arena, random, PixelFormat.GREY, 8, 8, ColorSpace.DEFAULT).surface();
      Sampling whole = Sampling.whole(surface);
      Region place = new Region(0, 0, 4, 4);
      for (int alpha : new int[] {-1, 0x10000}) {
        assertThatThrownBy(() -> new Layer(surface, whole, place, alpha, BlendMode.NONE))
            .isInstanceOfSatisfying(
                DmaBufException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
      }
      Sampling beyond = whole.with(new Crop(Crop.PIXEL, 0, 8 * Crop.PIXEL, Crop.PIXEL));
      assertThatThrownBy(() -> new Layer(surface, beyond, place, 0, BlendMode.NONE))
          .isInstanceOfSatisfying(
              DmaBufException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOSPC));
      RowSink sink = (y, argb, width) -> {};
      assertThatThrownBy(() -> compositor.compose(List.of(), 0, 0, 4, sink))
          .isInstanceOfSatisfying(
              DmaBufException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
    }
  }

  @Test
  void whatTheSinkThrowsShouldReachTheCaller() {
    RowSink sink =
        (y, argb, width) -> {
          throw new IllegalStateException("row " + y);
        };
    assertThatThrownBy(() -> compositor.compose(List.of(), 0, 4, 4, sink)).hasMessage("row 0");
  }
}
