package org.dmabuf.launcher;

import java.awt.Color;
import java.awt.Dimension;
import java.awt.EventQueue;
import java.awt.Graphics;
import java.awt.Graphics2D;
import java.awt.GraphicsEnvironment;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.lang.reflect.InvocationTargetException;
import javax.swing.JComponent;
import javax.swing.JFrame;
import javax.swing.WindowConstants;

/**
 * A window of the desktop. The picture is as large as the window lets it, in its own shape.
 *
 * <pre>
 *   show (any thread) --image--&gt; paint (the desktop's thread)
 * </pre>
 *
 * <p>Whoever closes the window looks no more; the run goes on.
 */
final class WindowScreen implements Screen {
  private final JFrame frame;
  private final Canvas canvas = new Canvas();

  /**
   * Opens the window.
   *
   * @param title what stands above it
   * @throws InputException when there is no desktop
   */
  WindowScreen(String title) {
    checkDesktop();
    JFrame[] made = new JFrame[1];
    onDesktop(
        () -> {
          made[0] = new JFrame(title);
          made[0].setDefaultCloseOperation(WindowConstants.HIDE_ON_CLOSE);
          made[0].setContentPane(canvas);
          made[0].pack();
          made[0].setVisible(true);
        });
    frame = made[0];
  }

  /** Refuses when no window can be opened. */
  static void checkDesktop() {
    if (GraphicsEnvironment.isHeadless()) {
      throw new InputException(
          "--window needs a desktop, and there is none here (DISPLAY is not set);"
              + " --terminal or --snapshot FILE.png would work.");
    }
  }

  @Override
  public void show(int width, int height, int[] argb) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, width, height, argb, 0, width);
    EventQueue.invokeLater(
        () -> {
          if (canvas.show(image)) {
            frame.pack();
          }
        });
  }

  @Override
  public void close() {
    onDesktop(frame::dispose);
  }

  private static void onDesktop(Runnable task) {
    try {
      EventQueue.invokeAndWait(task);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    } catch (InvocationTargetException failed) {
      throw new IllegalStateException("The window failed: " + failed.getCause(), failed);
    }
  }

  /** What is painted; used by the desktop's thread only. */
  private static final class Canvas extends JComponent {
    private static final long serialVersionUID = 1L;
    private static final int FIRST_WIDTH = 640;
    private static final int FIRST_HEIGHT = 480;

    private transient BufferedImage image;

    Canvas() {
      setPreferredSize(new Dimension(FIRST_WIDTH, FIRST_HEIGHT));
      setOpaque(true);
    }

    /** Returns whether it is the first picture, whose size the window takes. */
    boolean show(BufferedImage next) {
      boolean first = image == null;
      image = next;
      if (first) {
        setPreferredSize(new Dimension(next.getWidth(), next.getHeight()));
      }
      repaint();
      return first;
    }

    @Override
    protected void paintComponent(Graphics graphics) {
      graphics.setColor(Color.BLACK);
      graphics.fillRect(0, 0, getWidth(), getHeight());
      if (image == null) {
        return;
      }
      double scale =
          Math.min(
              (double) getWidth() / image.getWidth(), (double) getHeight() / image.getHeight());
      int width = (int) Math.round(image.getWidth() * scale);
      int height = (int) Math.round(image.getHeight() * scale);
      if (graphics instanceof Graphics2D drawing) {
        drawing.setRenderingHint(
            RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BILINEAR);
      }
      graphics.drawImage(
          image, (getWidth() - width) / 2, (getHeight() - height) / 2, width, height, null);
    }
  }
}
