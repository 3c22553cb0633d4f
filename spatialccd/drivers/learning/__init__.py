"""Machine learning on places: fitted, explained and judged where it was not fitted.

Estimators, explanations and curves are those of scikit-learn, XGBoost, LightGBM, shap,
geoshapley and PyALE; ours are the labels, the folds that hold whole regions out, and the
intervals by fitting anew.
"""
