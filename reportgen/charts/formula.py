"""The report's formulas: each typeset once by `python -m reportgen.charts.formula`, and in words for who cannot see it.

SVG and MathML lie in templates/formula, one of each a key; a test holds them against what their LaTeX gives.
"""

import io
import re
from html import unescape
from pathlib import Path

from matplotlib.figure import Figure

from reportgen.charts import style
from reportgen.charts.fonts import folder

SIZE = 12.0

FORMULAS: dict[str, tuple[str, str]] = {
    "standardise": (
        r"z = \dfrac{x - \mu}{\sigma}",
        "z equals x minus the mean mu of the training rows, divided by their standard deviation sigma",
    ),
    "relu_layer": (
        r"h = \max(0,\; W x + b)",
        "h equals the larger of 0 and W times x plus b, for each unit of the layer",
    ),
    "member_layer": (
        r"h_m = \max(0,\; W\, (r_m \odot x) + b)",
        "what member m has in the first hidden layer equals the larger of 0 and W times its own scaling of the inputs "
        "x (each input times the member's number r for it) plus b; W and b are common to all members",
    ),
    "bend": (
        r"\tilde{z} = \dfrac{z}{\sqrt{1 + (z / 3)^2}}",
        "the bent number equals z divided by the root of 1 plus the square of a third of z: near 0 it is z itself, far "
        "out it comes close to 3 and never reaches it",
    ),
    "pieces": (
        r"\varphi_t(z) = \min\left(1,\; \max\left(0,\; \dfrac{z - e_{t-1}}{e_t - e_{t-1}}\right)\right)",
        "what piece t tells of a number z equals the distance of z from the piece's lower edge divided by the piece's "
        "width, held between 0 and 1",
    ),
    "mean_probability": (
        r"p_k = \dfrac{1}{M} \;\;\sum_{m=1}^{M} p_{m,\,k}",
        "the probability of class k equals the mean of the probabilities that the M members give it",
    ),
    "mean_number": (
        r"\hat{y} = \dfrac{1}{M} \;\;\sum_{m=1}^{M} \hat{y}_m",
        "the prediction equals the mean of the numbers that the M members predict",
    ),
    "temperature": (
        r"q_k = \dfrac{p_k^{1/T}}{\sum_{j=1}^{K} p_j^{1/T}}",
        "the stated probability of class k equals its probability p to the power of 1 over the temperature T, divided "
        "by the sum of such powers over all K classes; T above 1 draws probabilities together, T below 1 drives them "
        "apart",
    ),
    "softmax": (
        r"p_k = \dfrac{e^{s_k}}{\sum_{j=1}^{K} e^{s_j}}",
        "the probability of class k equals e to the power of its score, divided by the sum of e to the power of the "
        "score over all K classes",
    ),
    "cross_entropy": (
        r"L = -\dfrac{1}{n} \;\;\sum_{i=1}^{n} \log\, p_{i,\,y_i}",
        "L equals minus the mean, over n rows, of the logarithm of the probability that was given to the row's actual "
        "class",
    ),
    "squared_error": (
        r"L = \dfrac{1}{n} \;\;\sum_{i=1}^{n} \left(\hat{y}_i - y_i\right)^2",
        "L equals the mean, over n rows, of the squared difference between the predicted and the actual number",
    ),
    "huber": (
        r"L = \dfrac{1}{n} \;\;\sum_{i=1}^{n} \ell(\hat{y}_i - y_i), \quad "
        r"\ell(d) = d^2 \;\;(|d| \leq 1), \quad \ell(d) = 2\,|d| - 1 \;\;(|d| > 1)",
        "L equals the mean, over n rows, of a price of the difference d between the predicted and the actual number, "
        "in standard deviations of the target: its square up to 1, twice its size less 1 beyond",
    ),
    "adamw": (
        r"m \leftarrow \beta_1 m + (1-\beta_1)\, g, \quad v \leftarrow \beta_2 v + (1-\beta_2)\, g^2, \quad "
        r"w \leftarrow (1 - \eta \lambda)\, w - \eta\, \frac{m / (1-\beta_1^t)}{\sqrt{v / (1-\beta_2^t)} + \epsilon}",
        "m is a running mean of the gradient g and v one of its square; at step t each weight w shrinks by the "
        "learning rate eta times the weight decay lambda, and moves against m, corrected for its start at zero, "
        "divided by the square root of v, corrected likewise, times eta",
    ),
    "adam": (
        r"m \leftarrow \beta_1 m + (1-\beta_1)\, g, \quad v \leftarrow \beta_2 v + (1-\beta_2)\, g^2, \quad "
        r"w \leftarrow w - \eta\, \frac{m / (1-\beta_1^t)}{\sqrt{v / (1-\beta_2^t)} + \epsilon}",
        "m is a running mean of the gradient g and v one of its square; at step t each weight w moves against m, "
        "corrected for its start at zero, divided by the square root of v, corrected likewise, times the learning "
        "rate eta",
    ),
    "entropy": (
        r"H(X) = -\sum_{x} \, p(x)\, \log_2 p(x)",
        "the entropy of X equals minus the sum, over its values x, of the share of x times the base-2 logarithm of "
        "that share",
    ),
    "mutual_information": (
        r"I(X; Y) = \sum_{x,\,y} \, p(x, y)\, \log_2 \dfrac{p(x, y)}{p(x)\, p(y)}",
        "the mutual information of X and Y equals the sum, over all pairs of values, of the pair's share times the "
        "base-2 logarithm of that share divided by the product of the shares of its two values",
    ),
    "pearson": (
        r"r = \dfrac{\sum_i (x_i - \bar{x})(y_i - \bar{y})}"
        r"{\sqrt{\sum_i (x_i - \bar{x})^2}\, \sqrt{\sum_i (y_i - \bar{y})^2}}",
        "r equals the sum of the products of both deviations from their means, divided by the product of the square "
        "roots of the sums of their squares",
    ),
    "correlation_ratio": (
        r"\eta = \sqrt{\dfrac{\sum_k n_k (\bar{y}_k - \bar{y})^2}{\sum_i (y_i - \bar{y})^2}}",
        "eta equals the square root of the sum of squares between the groups' means, divided by the whole sum of "
        "squares",
    ),
    "cramers_v": (
        r"V = \sqrt{\dfrac{\chi^2 / n}{\min(r, c) - 1}}",
        "V equals the square root of chi-square divided by n, divided by one less than the smaller number of "
        "categories",
    ),
    "permutation_importance": (
        r"I_j = \dfrac{1}{R} \;\;\sum_{r=1}^{R} L\left(y, f(X^{(j,\,r)})\right) - L\left(y, f(X)\right)",
        "the importance of column j equals the mean loss over R shuffles of that column, minus the loss with the "
        "column as it is",
    ),
    "standardised_coefficient": (
        r"\hat{y} = \beta_0 + \sum_{j} \, \beta_j \dfrac{x_j - \mu_j}{\sigma_j}",
        "the prediction equals beta 0 plus the sum, over the columns, of beta times the column's value in standard "
        "deviations from its mean",
    ),
    "gini": (
        r"G = 1 - \sum_{k=1}^{K} p_k^2",
        "the impurity of a node equals 1 minus the sum of the squared shares of its K classes",
    ),
    "first_layer": (
        r"w_j = \sqrt{\dfrac{1}{U} \;\;\sum_{u=1}^{U} \, \dfrac{1}{n} \;\;\sum_{i=1}^{n}"
        r" \left(a_{j,\,u}(x_i) - \bar{a}_{j,\,u}\right)^2}",
        "the weight of column j equals the root of the mean, over the U units of the first hidden layer, of the "
        "variance over n training rows of what the column adds to the unit",
    ),
    "integrated_gradients": (
        r"A_j = (x_j - \bar{x}_j) \int_0^1 "
        r"\dfrac{\partial f\left(\bar{x} + \alpha\,(x - \bar{x})\right)}{\partial x_j}\, d\alpha",
        "the attribution of feature j equals its distance from the average row, times the mean of the output's "
        "gradient along the straight way from the average row to the row",
    ),
    "fidelity_agreement": (
        r"F = \dfrac{1}{n} \;\;\sum_{i=1}^{n} \mathbf{1}\left[\, g(x_i) = f(x_i) \,\right]",
        "fidelity equals the share of n test rows in which the surrogate g gives the same class as the network f",
    ),
    "fidelity_r2": (
        r"F = 1 - \dfrac{\sum_i \left(g(x_i) - f(x_i)\right)^2}{\sum_i \left(f(x_i) - \bar{f}\right)^2}",
        "fidelity equals 1 minus the sum of squared differences between surrogate g and network f, divided by the sum "
        "of squares of the network's numbers around their mean",
    ),
    "svm": (
        r"\min_{w,\,b}\; \frac{1}{2} \| w \|^2 + C \;\sum_{i=1}^{n} \max\left(0,\, 1 - y_i (w \cdot x_i + b)\right)^2",
        "find the weights w and the offset b with the least sum of half the squared length of w and C times the "
        "squared amounts by which rows fall short of the margin",
    ),
    "accuracy": (
        r"A = \dfrac{1}{n} \;\;\sum_{i=1}^{n} \mathbf{1}\left[\, \hat{y}_i = y_i \,\right]",
        "accuracy equals the share of n rows in which the predicted class is the actual one",
    ),
    "wilson": (
        r"\dfrac{1}{1 + z^2/n} \left( \hat{p} + \dfrac{z^2}{2n} \pm z \sqrt{\dfrac{\hat{p}(1-\hat{p})}{n}"
        r" + \dfrac{z^2}{4n^2}} \right)",
        "the ends of Wilson's interval for a share p of n rows, z being 1.96 for 95 per cent: p plus z squared over "
        "2n, plus or minus z times the root of p times 1 minus p over n plus z squared over 4 n squared, all divided "
        "by 1 plus z squared over n",
    ),
    "corrected_t": (
        r"\bar{m} \pm t_{J-1}\; s\, \sqrt{\dfrac{1}{J} + \dfrac{n_{\mathrm{test}}}{n_{\mathrm{learned}}}}",
        "the mean of the results of J networks, plus and minus the t quantile of J minus 1 degrees of freedom times "
        "their standard deviation s times the root of 1 over J plus the number of test rows over the number of rows "
        "learned from",
    ),
    "mean_class_difference": (
        r"D = \dfrac{1}{n} \;\;\sum_{i=1}^{n} \left| \hat{c}_i - c_i \right|",
        "D equals the mean, over n rows, of the distance between the numbers of the predicted and the actual class",
    ),
    "row_share": (
        r"s_{a,\,p} = \dfrac{c_{a,\,p}}{\sum_{k} c_{a,\,k}}",
        "a cell's share equals its count divided by the count of its row, which is the actual class",
    ),
    "ece": (
        r"\mathrm{ECE} = \sqrt{\; \sum_{b} \, \dfrac{n_b}{n}"
        r" \left[ (\bar{y}_b - \bar{p}_b)^2 - \dfrac{v_b}{n_b} \right]}",
        "the calibration error equals the root of the mean squared distance between observed and stated share over the "
        "groups, each weighted by its number of rows, less what chance alone adds to it: the variance v of a row's "
        "distance divided by the group's rows; 0 where chance explains all of it",
    ),
}


def formula(latex: str) -> str:
    """The formula as one SVG element, as large as it is, in the letters of mathematics."""
    with style.drawing(**{"text.parse_math": True, "mathtext.fontset": "stix"}):
        figure = Figure(facecolor="none")
        figure.text(0, 0, f"${latex}$", fontsize=SIZE)
        target = io.StringIO()
        figure.savefig(target, format="svg", metadata=style.NO_METADATA, bbox_inches="tight", pad_inches=0.02)
        return style.slim(target.getvalue())


def mathml(latex: str) -> str:
    """The formula as MathML, which a screen reader walks through and a braille display shows.

    Made when formulas are drawn anew, so that only developers need latex2mathml.
    """
    from latex2mathml.converter import convert  # noqa: PLC0415 - a report needs the result alone

    return re.sub(
        r' xmlns="[^"]*"| stretchy="false"', "", unescape(convert(latex)).replace("<mo><</mo>", "<mo>&lt;</mo>")
    )


def place(key: str, kind: str = "svg") -> Path:
    """Where the drawing of a formula lies, or its MathML (`mml`)."""
    return folder().parent / "formula" / f"{key}.{kind}"


def main() -> None:
    """Draw every formula anew."""
    for key, (latex, _) in FORMULAS.items():
        place(key).parent.mkdir(exist_ok=True)
        place(key).write_text(formula(latex), encoding="utf-8")
        place(key, "mml").write_text(mathml(latex) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
