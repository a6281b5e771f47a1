package org.dmabuf.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.AWTException;
import java.awt.Color;
import java.awt.Component;
import java.awt.EventQueue;
import java.awt.Frame;
import java.awt.Point;
import java.awt.Robot;
import java.util.Arrays;
import javax.swing.JFrame;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Looks at a real window, as a person would; needs a desktop, such as Xvfb. */
@Tag("desktop")
final class WindowScreenTest {
  private static final int SIDE = 200;

  @Test
  void theWindowShouldShowThePicture() throws Exception {
    int[] argb = new int[SIDE * SIDE];
    for (int i = 0; i < argb.length; i++) {
      boolean right = i % SIDE >= SIDE / 2;
      boolean lower = i / SIDE >= SIDE / 2;
      argb[i] = right ? (lower ? 0xffffffff : 0xff00ff00) : (lower ? 0xff0000ff : 0xffff0000);
    }
    try (WindowScreen screen = new WindowScreen("test of a window")) {
      screen.show(SIDE, SIDE, argb);
      screen.show(SIDE, SIDE, argb);
      Point corner = corner();
      awaitColour(corner.x + SIDE / 4, corner.y + SIDE / 4, Color.RED);
      awaitColour(corner.x + 3 * SIDE / 4, corner.y + SIDE / 4, Color.GREEN);
      awaitColour(corner.x + SIDE / 4, corner.y + 3 * SIDE / 4, Color.BLUE);
      awaitColour(corner.x + 3 * SIDE / 4, corner.y + 3 * SIDE / 4, Color.WHITE);
    }
    EventQueue.invokeAndWait(
        () -> assertThat(Arrays.stream(Frame.getFrames()).filter(Frame::isShowing)).isEmpty());
  }

  /** Where the picture begins on the desktop, once the window has its size. */
  private static Point corner() throws Exception {
    Point[] found = new Point[1];
    EventQueue.invokeAndWait(
        () -> {
          JFrame frame =
              (JFrame)
                  Arrays.stream(Frame.getFrames())
                      .filter(Component::isShowing)
                      .findFirst()
                      .orElseThrow();
          assertThat(frame.getTitle()).isEqualTo("test of a window");
          assertThat(frame.getContentPane().getWidth()).isEqualTo(SIDE);
          found[0] = frame.getContentPane().getLocationOnScreen();
        });
    return found[0];
  }

  /** The desktop paints when it likes: looks until the colour is there, ten seconds at most. */
  private static void awaitColour(int x, int y, Color expected) throws AWTException {
    Robot robot = new Robot();
    Color seen = robot.getPixelColor(x, y);
    long end = System.nanoTime() + 10_000_000_000L;
    while (!seen.equals(expected) && System.nanoTime() - end < 0) {
      robot.waitForIdle();
      seen = robot.getPixelColor(x, y);
    }
    assertThat(seen).isEqualTo(expected);
  }
}
