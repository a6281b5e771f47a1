package org.dmabuf.pixel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.Transfer;
import org.dmabuf.memory.TransferMeter;
import org.junit.jupiter.api.Test;

/** Which rows and columns are lent together: pictures of 8 columns. */
final class LentRowsTest {
  private static final int WIDTH = 8;
  private static final int PITCH = 10;
  private static final int WORDS_PITCH = 40;

  private final TransferMeter meter = new TransferMeter();
  private final LentRows lent = new LentRows();

  @Test
  void aPictureInOneSegmentShouldBeLentAtOnce() {
    Surface source = nv12(6);
    Surface destination = xrgb(6);
    assertThat(parts(source, destination)).containsExactly("6 rows of 8");
    assertThat(lent.luma().at(5)).isEqualTo(50);
    assertThat(lent.chroma().at(lent.chromaRow(5))).isEqualTo(60 + 20);
    assertThat(lent.pixels().at(5)).isEqualTo(200);
    shouldBeCountedOnce(6);
  }

  @Test
  void aBorderBetweenRowsShouldSendNoneOfThemAnotherWay() {
    assertThat(parts(nv12(6), xrgb(6, 3 * WORDS_PITCH)))
        .containsExactly("3 rows of 8", "3 rows of 8");
    shouldBeCountedOnce(6);
  }

  /** The padding belongs to no row. */
  @Test
  void aBorderInThePaddingShouldCutNoRow() {
    assertThat(parts(nv12(6), xrgb(6, 3 * WORDS_PITCH - 8)))
        .containsExactly("3 rows of 8", "3 rows of 8");
    assertThat(parts(nv12(6), xrgb(6, 3 * WORDS_PITCH - 1)))
        .containsExactly("3 rows of 8", "3 rows of 8");
  }

  @Test
  void aRowInWhichASegmentEndsShouldBeLentInParts() {
    assertThat(parts(nv12(6), xrgb(6, 3 * WORDS_PITCH + 16)))
        .containsExactly("3 rows of 8", "1 rows of 4", "1 rows of 4", "2 rows of 8");
    shouldBeCountedOnce(6);
  }

  @Test
  void onlyThePairInWhichASegmentEndsShouldNotBeLent() {
    assertThat(parts(nv12(6), xrgb(6, 2 * WORDS_PITCH + 18)))
        .containsExactly("2 rows of 8", "1 rows of 4", "none", "1 rows of 2", "3 rows of 8");
    assertThat(parts(nv12(6), xrgb(6, 2 * WORDS_PITCH + 20)))
        .containsExactly("2 rows of 8", "1 rows of 4", "none", "1 rows of 2", "3 rows of 8");
  }

  @Test
  void aBorderInLumaShouldCutOneRow() {
    assertThat(parts(nv12(6, PITCH + 6), xrgb(6)))
        .containsExactly("1 rows of 8", "1 rows of 6", "1 rows of 2", "4 rows of 8");
    shouldBeCountedOnce(6);
  }

  @Test
  void aBorderInChromaShouldCutBothOfItsRows() {
    assertThat(parts(nv12(6, 6 * PITCH + PITCH + 2), xrgb(6)))
        .containsExactly(
            "2 rows of 8",
            "1 rows of 2",
            "1 rows of 6",
            "1 rows of 2",
            "1 rows of 6",
            "2 rows of 8");
    shouldBeCountedOnce(6);
  }

  @Test
  void bordersOfAllPlanesShouldCutTheirRow() {
    assertThat(parts(nv12(2, 4, 2 * PITCH + 2), xrgb(2, 24)))
        .containsExactly(
            "1 rows of 2",
            "1 rows of 2",
            "1 rows of 2",
            "1 rows of 2",
            "1 rows of 2",
            "1 rows of 6");
    shouldBeCountedOnce(2);
  }

  @Test
  void rowsOfAnOddHeightShouldBeLentWithTheirChroma() {
    assertThat(parts(nv12(5), xrgb(5))).containsExactly("5 rows of 8");
    shouldBeCountedOnce(5);
    assertThat(parts(nv12(1), xrgb(1))).containsExactly("1 rows of 8");
  }

  /** As V4L2 lays it out: of 5 rows, the last has no chroma of its own. */
  @Test
  void aRowWithoutChromaShouldBeLentWithThatOfTheRowsAboveIt() {
    FrameView view = view(7 * PITCH);
    Surface source =
        Surface.of(
            PixelFormat.NV12,
            WIDTH,
            5,
            List.of(new SurfacePlane(view, 0, PITCH), new SurfacePlane(view, 5 * PITCH, PITCH)));
    assertThat(parts(source, xrgb(5))).containsExactly("4 rows of 8", "1 rows of 8");
    assertThat(lent.chroma().at(lent.chromaRow(0))).isEqualTo(6 * PITCH);
  }

  @Test
  void fromAnOddRowOnTheFirstRowShouldHaveChromaAlone() {
    Surface source = nv12(6);
    Surface destination = xrgb(6);
    Region place = new Region(0, 0, 4, 3);
    lent.begin(source, Crop.of(new Region(2, 1, 4, 3)), destination, place);
    assertThat(lent.borrow(0, 0)).isTrue();
    assertThat(lent.rows()).isEqualTo(3);
    assertThat(lent.luma().at(0)).isEqualTo(PITCH + 2);
    assertThat(lent.chroma().at(lent.chromaRow(0))).isEqualTo(60 + 2);
    assertThat(lent.chroma().at(lent.chromaRow(1))).isEqualTo(70 + 2);
    assertThat(lent.chroma().at(lent.chromaRow(2))).isEqualTo(70 + 2);
    assertThat(meter.get(Transfer.READ)).isEqualTo(3 * 4 + 2 * 4);
  }

  @Test
  void onlyPairsOfColumnsOfNv12AndWordsShouldBeLent() {
    Region pairs = new Region(1, 1, 4, 3);
    Crop even = Crop.of(new Region(2, 1, 4, 3));
    Surface argb = Surface.of(view(1000), FrameLayout.of(PixelFormat.ARGB8888, WIDTH, 6, 1));
    Surface other = Surface.of(view(1000), FrameLayout.of(PixelFormat.RGB24, WIDTH, 6, 1));
    Surface yuyv = Surface.of(view(1000), FrameLayout.of(PixelFormat.YUYV, WIDTH, 6, 1));
    assertThat(LentRows.areFor(nv12(6), even, xrgb(6), pairs)).isTrue();
    assertThat(LentRows.areFor(nv12(6), even, argb, pairs)).isTrue();
    assertThat(LentRows.areFor(nv12(6), even, other, pairs)).isFalse();
    assertThat(LentRows.areFor(yuyv, even, xrgb(6), pairs)).isFalse();
    assertThat(LentRows.areFor(nv12(6), Crop.of(new Region(1, 1, 4, 3)), xrgb(6), pairs)).isFalse();
    assertThat(LentRows.areFor(nv12(6), even, xrgb(6), new Region(1, 1, 3, 3))).isFalse();
  }

  /** Borrows a whole picture, as the converter does. */
  private List<String> parts(Surface source, Surface destination) {
    Region place = Region.of(destination);
    lent.begin(source, Crop.of(source), destination, place);
    List<String> parts = new ArrayList<>();
    int x = 0;
    int y = 0;
    while (y < place.height()) {
      boolean there = lent.borrow(x, y);
      parts.add(there ? lent.rows() + " rows of " + lent.columns() : "none");
      x += there ? lent.columns() : 2;
      if (x == place.width()) {
        x = 0;
        y += lent.rows();
      }
    }
    return parts;
  }

  private void shouldBeCountedOnce(int height) {
    assertThat(meter.get(Transfer.READ)).isEqualTo(WIDTH * (height + (height + 1L) / 2));
    assertThat(meter.get(Transfer.WRITTEN)).isEqualTo(4L * WIDTH * height);
  }

  private Surface nv12(int height, int... cuts) {
    int chroma = PITCH * height;
    FrameView view = view(chroma + PITCH * ((height + 1) / 2), cuts);
    SurfacePlane luma = new SurfacePlane(view, 0, PITCH);
    return Surface.of(
        PixelFormat.NV12, WIDTH, height, List.of(luma, new SurfacePlane(view, chroma, PITCH)));
  }

  private Surface xrgb(int height, int... cuts) {
    SurfacePlane words = new SurfacePlane(view(WORDS_PITCH * height, cuts), 0, WORDS_PITCH);
    return Surface.of(PixelFormat.XRGB8888, WIDTH, height, List.of(words));
  }

  /** Memory that is cut at some offsets. */
  private FrameView view(int size, int... cuts) {
    int[] ends = Arrays.copyOf(cuts, cuts.length + 1);
    ends[cuts.length] = size;
    List<MemorySegment> pieces = new ArrayList<>();
    int at = 0;
    for (int end : ends) {
      pieces.add(MemorySegment.ofArray(new byte[end - at]));
      at = end;
    }
    return new FrameView(pieces, meter);
  }
}
